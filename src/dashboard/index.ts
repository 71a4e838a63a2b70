/**
 * Serves the dashboard (`DashboardModule`): the page at `/api-management` and the files of the folder `dashboard/` that it loads.
 * The page speaks to the public API with the cookies of a session and has no door of its own.
 */
export { DashboardModule } from './dashboard.module';
