import type { NativeRequirement, PolicyProblem } from '../native.js';
import { freed, type Instance } from './instance.js';
import { instance as current, problemOf } from './module.js';

/** What an endpoint asks for, as it is written, and the handle that it has in each instance that was asked about it. */
class EdgeRequirement {
  readonly document: string;
  readonly #handles = new WeakMap<Instance, number>();

  constructor(document: string) {
    this.document = document;
  }

  /** Its handle in an instance; a mistake when there is one. */
  in(instance: Instance): number | PolicyProblem {
    const known = this.#handles.get(instance);
    if (known !== undefined) return known;
    const length = instance.write(this.document);
    const handle = instance.call((exports) => exports.requirement_new(length));
    if (handle === 0) return problemOf(instance);
    this.#handles.set(instance, handle);
    if (freed !== undefined) {
      // The instance may go before this does.
      const there = new WeakRef(instance);
      freed.register(this, () => {
        there.deref()?.tell((exports) => {
          exports.requirement_free(handle);
        });
      });
    }
    return handle;
  }
}

/**
 * What an endpoint asks for, or what is wrong with it.
 * @internal
 */
export function requirementOf(document: string): NativeRequirement | PolicyProblem {
  const requirement = new EdgeRequirement(document);
  const handle = requirement.in(current());
  return typeof handle === 'number' ? (requirement as unknown as NativeRequirement) : handle;
}

/**
 * The handle that it has in an instance.
 * @internal
 */
export function handleIn(instance: Instance, requirement: NativeRequirement): number {
  const handle = (requirement as unknown as EdgeRequirement).in(instance);
  if (typeof handle !== 'number') throw new Error('a requirement was refused that was accepted before');
  return handle;
}
