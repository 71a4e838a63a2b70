import { Module } from '@nestjs/common';

import { DashboardController } from './dashboard.controller';

/** The page at `/api-management`. */
@Module({ controllers: [DashboardController] })
export class DashboardModule {}
