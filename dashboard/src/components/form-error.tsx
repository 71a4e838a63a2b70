import type { ReactNode } from 'react';

import { ErrorPanel } from './error-panel';
import { faultsOf, type FormLike } from './faults';

/** What a refusal says that belongs to no field of the form: above its button. The rest is put at the fields by `showFaults`. */
export const FormError = ({ form, error }: { readonly form: FormLike; readonly error: Error | null }): ReactNode => (
  <ErrorPanel error={error && faultsOf(form, error).rest} />
);
