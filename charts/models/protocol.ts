/** The inference protocols that Seldon's servers and executor speak. */
export const PROTOCOLS = ['v2', 'seldon', 'tensorflow'] as const;

export type Protocol = (typeof PROTOCOLS)[number];
