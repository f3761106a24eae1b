import { Fault } from './error.ts';
import type { Run } from './run.ts';
import type { MaybePromise, Services } from './services.ts';

type With<K extends keyof Services> = Services & Required<Pick<Services, K>>;

/** Asks a service that may not be there and may fail. */
export function service<K extends keyof Services, T>(
  name: K,
  run: Run,
  call: (services: With<K>) => MaybePromise<T>,
): T {
  const { services } = run;
  if (!offers(services, name)) throw new Fault('expression_service', `\`${name}\` is not available here`);
  return asked(name, run, () => call(services));
}

/** The same for what is always there but may fail. */
export function asked<T>(name: string, run: Run, call: () => MaybePromise<T>): T {
  try {
    return run.ask(call);
  } catch (cause) {
    // What the interpreter itself throws passes: faults, and suspensions, which are no errors.
    if (!(cause instanceof Error) || cause instanceof Fault) throw cause;
    throw new Fault('expression_service', `\`${name}\` failed: ${cause.message}`);
  }
}

function offers<K extends keyof Services>(services: Services, name: K): services is With<K> {
  return services[name] !== undefined;
}
