/** Tables of what the configuration refuses, and the whole of what it says then: the lines that an operator reads. */
import { MODEL, problemsIn } from './environments';

/** What the row shows, the text of the file, and what is said after the name of the file. */
export type Row = readonly [name: string, yaml: string | Uint8Array, ...lines: string[]];
type Groups = Readonly<Record<string, readonly Row[]>>;

/** A test for each text of platform.yaml that is refused; every line of the answer is expected, and no other. */
export function platformRefuses(groups: Groups): void {
  refuses('platform.yaml', groups, (yaml) => ({ 'test/platform.yaml': yaml, 'test/models/mlflow-wine.yaml': MODEL }));
}

/** A test for each text of a model file that is refused. */
export function modelRefuses(groups: Groups): void {
  refuses('models/m.yaml', groups, (yaml) => ({
    'test/platform.yaml': 'frontend: {enabled: false}',
    'test/models/m.yaml': yaml,
  }));
}

function refuses(file: string, groups: Groups, filesOf: (yaml: Row[1]) => Parameters<typeof problemsIn>[0]): void {
  describe.each(Object.entries(groups))(`${file} refuses %s`, (_, rows) => {
    test.each(rows.map((row) => ({ name: row[0], row })))('$name', ({ row: [, yaml, ...lines] }) => {
      expect(problemsIn(filesOf(yaml))).toEqual(lines.map((line) => `environments/test/${file}: ${line}`));
    });
  });
}
