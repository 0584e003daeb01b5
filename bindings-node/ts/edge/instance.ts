import { FAILED, NOTHING, type CompiledModule, type Exports, type WebAssemblyApi } from './wasm.js';

/**
 * One instance of the module, with a memory of its own, and how texts cross.
 *
 * A module cannot unwind. After a trap its memory may be half written, so it is never called again: whatever asks it is refused.
 * @internal
 */
export class Instance {
  readonly #exports: Exports;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Whether it has failed. */
  isBroken = false;

  constructor(module: CompiledModule) {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
    this.#exports = new WebAssembly.Instance(module).exports as Exports;
  }

  /** What a function returns, as an unsigned number. */
  call(ask: (exports: Exports) => number): number {
    if (this.isBroken) throw new Error('the WebAssembly module has failed before, and refuses everything');
    let returned;
    try {
      returned = ask(this.#exports);
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
    const number = returned >>> 0;
    if (number === FAILED) throw new Error('the WebAssembly module cannot read what it was given');
    return number;
  }

  /** The text that a function has told; null when there is none. */
  textOrNull(ask: (exports: Exports) => number): string | null {
    const length = this.call(ask);
    return length === NOTHING ? null : this.#told(length);
  }

  /** The text that a function has told. */
  text(ask: (exports: Exports) => number): string {
    return this.textOrNull(ask) ?? '';
  }

  /** The text of the last call that was not told by its length. */
  output(): string {
    return this.#told(this.call((exports) => exports.output_len()));
  }

  /** Calls a function without an answer. */
  tell(ask: (exports: Exports) => void): void {
    this.call((exports) => {
      ask(exports);
      return 0;
    });
  }

  /** Writes one text as it is; what is no string is none. Returns its length. */
  write(text: unknown): number {
    if (typeof text !== 'string') return 0;
    // No character of UTF-16 takes more than three bytes.
    const place = this.#place(text.length * 3);
    return this.#encoder.encodeInto(text, place).written;
  }

  /** Writes a list of texts or bytes, each behind its length in four bytes, big-endian. Returns the length of all. */
  writeList(...parts: (string | Uint8Array)[]): number {
    const encoded = parts.map((part) => (typeof part === 'string' ? this.#encoder.encode(part) : part));
    const length = encoded.reduce((sum, part) => sum + 4 + part.byteLength, 0);
    const place = this.#place(length);
    const numbers = new DataView(place.buffer, place.byteOffset, place.byteLength);
    let at = 0;
    for (const part of encoded) {
      numbers.setUint32(at, part.byteLength);
      place.set(part, at + 4);
      at += 4 + part.byteLength;
    }
    return length;
  }

  #place(length: number): Uint8Array<ArrayBuffer> {
    const address = this.call((exports) => exports.input(length));
    return new Uint8Array(this.#exports.memory.buffer, address, length);
  }

  #told(length: number): string {
    const address = this.call((exports) => exports.output());
    return this.#decoder.decode(new Uint8Array(this.#exports.memory.buffer, address, length));
  }
}

/**
 * Frees what the module holds for an object, once nobody has the object any more. Where a runtime cannot tell, it stays until the
 * instance goes.
 * @internal
 */
export const freed =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<() => void>((free) => {
        try {
          free();
        } catch {
          // The instance has failed, and goes as a whole.
        }
      })
    : undefined;
