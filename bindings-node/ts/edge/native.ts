import type { NativeAddon, NativeRequirement, OneProblem, PolicyProblem } from '../native.js';
import { coreOf, coreAfter } from './core.js';
import { instance } from './module.js';
import { requirementOf } from './requirement.js';

/** What there is here of the native part: no test kit, no imports of gateways, no command line. */
type EdgeAddon = Pick<
  NativeAddon,
  | 'codes'
  | 'createCore'
  | 'createRequirement'
  | 'fillReferences'
  | 'inOptions'
  | 'lint'
  | 'policyJson'
  | 'policyText'
  | 'references'
  | 'replaceCore'
  | 'schema'
  | 'scopesOf'
>;

/**
 * The module, in the place of the addon.
 * @internal
 */
export const native: EdgeAddon = {
  createCore: coreOf,
  replaceCore: coreAfter,
  createRequirement: (document): NativeRequirement | PolicyProblem => requirementOf(document),
  scopesOf: (payload, claim) => {
    const module = instance();
    const length = module.writeList(payload, ...(claim === null ? [] : [claim]));
    return JSON.parse(module.text((exports) => exports.scopes_of(length))) as string[];
  },
  codes: () => JSON.parse(instance().text((exports) => exports.codes())) as ReturnType<NativeAddon['codes']>,
  schema: () => instance().text((exports) => exports.schema()),
  policyText: (given) => {
    const module = instance();
    const length = module.writeList(typeof given === 'string' ? octets(given) : given);
    return textOrProblem(module.text((exports) => exports.policy_text(length)));
  },
  policyJson: (text, format) => {
    const module = instance();
    const length = module.writeList(text, format);
    const told = module.textOrNull((exports) => exports.policy_json(length));
    return told === null ? null : textOrProblem(told);
  },
  lint: (policy) => {
    const module = instance();
    const length = module.write(policy);
    return textOrProblem(module.text((exports) => exports.lint(length)));
  },
  inOptions: (path, message, hint, given, known) => {
    const module = instance();
    const length = module.writeList(path, message, ...(hint === null ? [] : [hint]), ...given, ...known);
    return parsed(
      module.text((exports) => exports.in_options(length, hint === null ? 0 : 1, given.length)),
    ) as OneProblem;
  },
  references: (policy) => {
    const module = instance();
    const length = module.write(policy);
    return parsed(module.text((exports) => exports.references(length))) as ReturnType<NativeAddon['references']>;
  },
  fillReferences: (policy, read) => {
    const module = instance();
    const texts = read.flatMap((text) =>
      typeof text === 'boolean' ? [text ? 'unreadable' : 'missing', ''] : ['read', text],
    );
    const length = module.writeList(policy, ...texts);
    return textOrProblem(module.text((exports) => exports.fill_references(length)));
  },
};

/** Behind a mark that no JSON begins with, it says what is wrong. */
function textOrProblem(told: string): string | PolicyProblem {
  return told.startsWith('!') ? (parsed(told.slice(1)) as PolicyProblem) : told;
}

/**
 * What JSON stands for; what is null is left out, as the addon leaves it out.
 */
function parsed(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => value ?? undefined);
}

/** UTF-8, with an octet that is none for each half of a surrogate pair. */
function octets(text: string): Uint8Array {
  const encoder = new TextEncoder();
  // With this flag a whole pair is one character, and no surrogate.
  const [first = '', ...others] = text.split(/\p{Surrogate}/u);
  const parts = [encoder.encode(first), ...others.flatMap((part) => [Uint8Array.of(0xff), encoder.encode(part)])];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.byteLength;
  }
  return joined;
}
