import { routes } from '../middleware/validation.ts';
export const flowRoutes = routes();
