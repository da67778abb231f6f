/** Groups as an OpenID Connect issuer names them. */
import * as z from 'zod';
import { matching } from '../../config/fields';

/** Words for everybody: a pattern, and groups of the cluster that whoever has signed in, or has not, is in. */
export const EVERYBODY = '\\*|system:(?:un)?authenticated|system:serviceaccounts';

/**
 * A group of the issuer. oauth2-proxy compares names, so that a pattern would let nobody in.
 * @param everybody what to write in place of a word for everybody
 */
export const issuerGroup = (example: string, everybody: string) =>
  matching(
    new RegExp(`^(?!(?:${EVERYBODY})$)\\S(?:.*\\S)?$`),
    253,
    `the name of a group, as the issuer gives it; ${everybody}`,
    example,
  );

/** Some groups, at least one. */
export const issuerGroups = (example: string, everybody: string) =>
  z
    .array(issuerGroup(example, everybody), { error: 'must be a list' })
    .min(1, { error: 'must name a group' })
    .meta({ examples: [[example]] });
