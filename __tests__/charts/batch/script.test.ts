/** The program of a batch, with a stand-in for seldon-batch-processor; the loop runs it with the real one. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import script from '../../../charts/batch/batch.py';
import { describePython, runScript, SCRIPT_TIMEOUT } from '../../support/scripts';

jest.setTimeout(SCRIPT_TIMEOUT);

/** Sends each row as seldon-batch-processor does, one by one and from the last to the first. */
const PROCESSOR = `#!/usr/bin/env python3
import json, sys, urllib.error, urllib.request, uuid
options = dict(argument[2:].split("=", 1) for argument in sys.argv[1:])
with open(options["input-data-path"]) as rows, open(options["output-data-path"], "w") as out:
    for index, row in reversed(list(enumerate(rows))):
        tags = {"batch_id": options["batch-id"], "batch_index": index, "batch_instance_id": str(uuid.uuid4())}
        message = {**json.loads(row), "meta": {"tags": tags}}
        call = urllib.request.Request(f"http://{options['host']}/api/v1.0/predictions", json.dumps(message).encode())
        try:
            answer = json.load(urllib.request.urlopen(call))
        except urllib.error.HTTPError:
            answer = {"status": {"status": 1, "reason": "lost"}, "meta": tags}
        print(json.dumps(answer), file=out)
`;

type Answer = (body: Record<string, unknown>) => { readonly status?: number; readonly body: unknown };

async function run(files: Record<string, string>, answer: Answer, env: Record<string, string> = {}) {
  const model = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { status = 200, body } = answer(JSON.parse(text));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  model.listen(0, '127.0.0.1');
  await once(model, 'listening');
  try {
    return await runScript({
      script,
      interpreter: 'python3',
      programs: { 'seldon-batch-processor': PROCESSOR },
      files: Object.fromEntries(Object.entries(files).map(([name, text]) => [`work/in/${name}`, text])),
      env: {
        WORK: '$RUN/work',
        MODEL_URL: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v2/models/m/infer`,
        MODEL_PROTOCOL: 'v2',
        ROW_TYPE: 'raw',
        PAYLOAD_TYPE: 'ndarray',
        ROWS_PER_REQUEST: '1',
        REQUEST_TIMEOUT: '10',
        RETRY_DELAY: '0',
        MAX_FAILED_PERCENT: '50',
        MODEL_VERSION: '8',
        ...env,
      },
    });
  } finally {
    model.close();
  }
}
const lines = (text: string | undefined) =>
  (text ?? '')
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
const double: Answer = ({ x }) => ({ body: { y: Number(x) * 2 } });

describePython('the program of a batch', () => {
  test('writes an answer for each row, in the order of the rows, object by object', async () => {
    const { status, files } = await run(
      { 'a.jsonl': '{"x": 1}\n{"x": 2}\n\n{"x": 3}\n', 'deep/b': '{"x": 4}' },
      double,
    );
    expect(status).toBe(0);
    expect(lines(files['work/out/a.jsonl']).map(({ y }) => y)).toEqual([2, 4, 6]);
    expect(lines(files['work/out/deep/b']).map(({ y }) => y)).toEqual([8]);
    expect(files['work/out/failed/a.jsonl']).toBe('');
  });

  test('marks each answer with its row and the version of the model', async () => {
    const { files } = await run({ a: '{"x": 1}\n\n{"x": 3}\n' }, double);
    expect(lines(files['work/out/a']).map(({ meta }) => meta)).toEqual([
      { tags: expect.objectContaining({ batch_index: 0, version: '8' }) },
      { tags: expect.objectContaining({ batch_index: 2, version: '8' }) },
    ]);
  });

  test('writes the same in each run', async () => {
    const rows = { a: '{"x": 1}\n{"x": 2}\n' };
    const [one, other] = [await run(rows, double), await run(rows, double)];
    expect(one.files['work/out/a']).toBe(other.files['work/out/a']);
  });

  test('keeps rows without an answer apart, with what the model says of them', async () => {
    const picky: Answer = (body) => (body.x === 2 ? { status: 400, body: 'two is too much' } : { body: { y: body.x } });
    const { status, files } = await run({ a: '{"x": 1}\n{"x": 2}\nnot a row\n{"x": 4}\n' }, picky);
    expect(status).toBe(0);
    expect(lines(files['work/out/a']).map(({ y }) => y)).toEqual([1, 4]);
    expect(lines(files['work/out/failed/a'])).toEqual([
      { row: 1, error: expect.stringContaining('two is too much'), input: '{"x": 2}' },
      { row: 2, error: expect.stringContaining('not a row'), input: 'not a row' },
    ]);
  });

  test('fails where more rows fail than may', async () => {
    const refuse: Answer = ({ x }) => (x === 1 ? { body: { y: 1 } } : { status: 400, body: 'no' });
    const rows = { a: '{"x": 1}\n{"x": 2}\n{"x": 3}\n' };
    expect((await run(rows, refuse)).status).toBe(1);
    expect((await run(rows, refuse, { MAX_FAILED_PERCENT: '67' })).status).toBe(0);
  });

  test('asks in the seldon protocol with tensors where it is told to, of a row as a list of columns or of such a list', async () => {
    const asked: unknown[] = [];
    const { status, output } = await run(
      { a: '[1.5, 2]\n[[3, 4]]\n' },
      ({ data }) => {
        asked.push(data);
        return { body: { data } };
      },
      { MODEL_PROTOCOL: 'seldon', ROW_TYPE: 'data', PAYLOAD_TYPE: 'tensor' },
    );
    expect([status, output]).toEqual([0, 'a: 0 of 2 rows failed\n']);
    expect(asked).toEqual([
      { names: [], tensor: { shape: [1, 2], values: [3, 4] } },
      { names: [], tensor: { shape: [1, 2], values: [1.5, 2] } },
    ]);
  });
});
