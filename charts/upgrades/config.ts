/** The schemas of `moved` and `removed` in platform.yaml: what an environment says of data that it no longer has in place. */
import * as z from 'zod';
import { matching } from '../../config/fields';

const TITLE = '[A-Z][A-Za-z]* ([a-z0-9][a-z0-9-]*/)?[a-z0-9][a-z0-9.-]*';
/** The volume of a Cluster for its WAL, and what data is lost where the object stays, such as "of PostgreSQL 17". */
const LOST = String.raw`( \(WAL\))?( of [A-Za-z0-9 .]+)?`;

/** An object as messages call it: its kind, and its name with the namespace where it has one. */
const objectTitle = (example: string, more = '') =>
  matching(
    new RegExp(`^${TITLE}${more}$`),
    400,
    'a kind and a name, with the namespace in front where there is one',
    example,
  );

export const removedSchema = z
  .array(objectTitle('StatefulSet postgres/postgresql', LOST))
  .optional()
  .meta({ examples: [['StatefulSet postgres/postgresql']] })
  .describe('Objects and data that the environment is meant to have no more; synth refuses to leave out others');

export const movedSchema = z
  .array(
    z.strictObject({
      from: objectTitle('StatefulSet postgres/postgresql').describe('The object that was there'),
      to: objectTitle('StatefulSet data/postgresql').describe('The object that takes its data over'),
    }),
  )
  .optional()
  .describe('Objects with data that have another name now; the data is moved by you');

/** What an environment says of objects that are no longer there. */
export interface Explanations {
  readonly removed?: z.output<typeof removedSchema>;
  readonly moved?: z.output<typeof movedSchema>;
}
