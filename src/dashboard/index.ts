/**
 * Serves the dashboard (`DashboardModule`): the page at `/api-management`, as it was built from the folder `dashboard/`, and the files that
 * it loads. The page speaks to the public API with the cookies of a session and has no door of its own.
 */
export { DashboardModule, type DashboardOptions } from './dashboard.module';
export { type PageLabels } from './page-labels';
export { type PageOptions } from './page-options';
