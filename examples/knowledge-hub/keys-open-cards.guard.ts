import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type Principal, Problem } from 'keystile';

import { CardController } from './card.controller';

/** A key opens cards: not the settings, and nothing of the interface that the page at `/api-management` speaks to. */
@Injectable()
export class KeysOpenCardsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { principal } = context.switchToHttp().getRequest<{ readonly principal?: Principal }>();
    if (principal?.type === 'api_key' && context.getClass() !== CardController) throw new Problem('forbidden');
    return true;
  }
}
