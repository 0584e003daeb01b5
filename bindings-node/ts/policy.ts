/**
 * The time that verdicts and key sets go by: milliseconds since the Unix epoch, like `Date.now`, or a Date.
 * The default is the system's clock.
 */
export type Clock = () => number | Date;

export type * from './policy-document.js';
