/**
 * How the key sets of a validator are. It is the same JSON in every language of jotgate, names included, so that one
 * dashboard reads all of them.
 */
export interface Health {
  /** One for each URL of the policy, in the policy's order. */
  sources: SourceHealth[];
  /**
   * Whether keys are at hand for the tokens of every issuer: what a readiness probe asks. Key sets are fetched when a token needs
   * them, or after `refreshKeys`.
   */
  ready: boolean;
  /** One for each entry of the policy's `issuers`. */
  issuers: IssuerHealth[];
  /** What happened to the key sets is kept for whoever asks, up to a number; how much was dropped. */
  events_dropped: number;
  /** How the cache of verified tokens is, where the policy has one. */
  cache?: CacheHealth;
}

/** How one issuer entry is. */
export interface IssuerHealth {
  /** The entry of the policy's `issuers`. */
  issuer: number;
  /** Whether keys are at hand: they stand in the policy, or a key set serves. */
  ready: boolean;
  /** Tokens that have passed the policy, those included that a hook has then refused. */
  accepted: number;
}

/** How the cache of verified tokens is. */
export interface CacheHealth {
  /** Tokens that are kept. */
  entries: number;
  /** The bytes that they take. */
  bytes: number;
  /** Tokens that were found. */
  hits: number;
  /** Tokens that were looked for and not found. */
  misses: number;
  /** Entries that made room for others. */
  evictions: number;
}

/**
 * What validations can count on at a source.
 * @internal
 */
export const STATES: SourceHealth['state'][] = ['empty', 'fresh', 'due', 'stale', 'expired'];

/** How one source of keys is. */
export interface SourceHealth {
  /** The entry of the policy's `issuers`. */
  issuer: number;
  /** The URL that the policy names: of the key set, or of the metadata that names the key set's. */
  url: string;
  /** Where the metadata says that the key set lies. */
  jwks_uri?: string;
  /** `stale` serves until `max_stale`; `empty` and `expired` serve nothing. */
  state: 'empty' | 'fresh' | 'due' | 'stale' | 'expired';
  /** Whether a fetch is out. */
  in_flight: boolean;
  /** Seconds since the last successful fetch was started; null before the first. */
  age: number | null;
  /** How many keys can be used. */
  keys: number;
  /** The first of the keys that cannot. Escape `kid` before it ends in a log: it is the issuer's text. */
  skipped: KeyNote[];
  /** How many keys cannot be used. */
  skipped_count: number;
  /** The first of the keys that count although RFC 7518 spells their numbers otherwise. */
  lenient: KeyNote[];
  /** How many do. */
  lenient_count: number;
  /** When the next refresh may start, in seconds since the Unix epoch; null while only a token would start one. */
  next_refresh: number | null;
  /** Fetches that were started. */
  fetches: number;
  /** Fetches that failed. */
  failures: number;
  /**
   * Seconds that all fetches took which were answered or failed, of metadata and looks into a store, too; over `fetches` it
   * is how long one takes. Those that were cancelled or lost do not count.
   */
  fetch_time: number;
  /** Fetches that failed since the last success. */
  failures_in_a_row: number;
  /** Fetches that ended without a request, because the store had a set that another process fetched. */
  shared: number;
  /** Answers 304. */
  not_modified: number;
  /** Bytes of all bodies. */
  bytes: number;
  /** Why the last fetch failed, such as `timeout` or `status_503`; null after a success. */
  last_error: string | null;
  /** What the HTTP client said of it, or where a redirect leads: one line of at most 300 characters. */
  last_error_cause: string | null;
  /** What that means and what to do. Where metadata is about another issuer, both names: escape it before it ends in a log. */
  last_error_hint: string | null;
  /** Tokens that were refused at once because too many named unknown keys. */
  flood_rejections: number;
}

/** A key that cannot be used, or that counts in a spelling of its own. */
export interface KeyNote {
  /** Its place in the set's list. */
  index: number;
  /** Its id, cut after 64 characters. The issuer's text. */
  kid: string | null;
  /** A stable name, such as `rsa_length`, the same in every language. */
  reason: string;
  /** The reason in words. */
  detail: string;
}
