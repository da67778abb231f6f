/** `ml-platform secrets --seal` and `--encrypt`, and what synth makes of the files. */
import { execFileSync } from 'node:child_process';
import { constants, createDecipheriv, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { composePlatform } from '../../../charts/platform';
import type { SecretManifest } from '../../../cli/secrets/credentials';
import { encryptionFor } from '../../../cli/secrets/files';
import { sealed, sealingKey } from '../../../cli/secrets/seal';
import { encrypted } from '../../../cli/secrets/sops';
import { runCli } from '../../support/cli';
import { withFolder, writeFiles } from '../../support/environments';
import { platformConfig } from '../../support/platform';

const CANARY = 'canary-0123456789-canary';
const SECRET: SecretManifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'client', namespace: 'space-b', labels: { a: 'b' } },
  type: 'Opaque',
  stringData: { 'login.conf': `word=${CANARY}\n`, user: 'reader' },
};
const FLUX = 'delivery: {flux: {source: {url: "https://git.test/a.git"}}}\n';
const { secrets: required } = composePlatform(platformConfig());

/** A certificate as the controller makes it, and its key. */
function certificate(folder: string, ...args: string[]): { pem: string; key: KeyObject } {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const kind = args.length > 0 ? args : ['-newkey', 'rsa:2048', '-days', '30'];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=sealed', ...kind, ...files], { stdio: 'ignore' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { pem: read('cert.pem'), key: createPrivateKey(read('key.pem')) };
}

/** Opens what a controller with this key gets. */
function opened(text: string, key: KeyObject, label: string): string {
  const bytes = Buffer.from(text, 'base64');
  const length = bytes.readUInt16BE(0);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const wrapped = bytes.subarray(2, 2 + length);
  const session = privateDecrypt({ key, padding, oaepHash: 'sha256', oaepLabel: Buffer.from(label) }, wrapped);
  const decipher = createDecipheriv('aes-256-gcm', session, Buffer.alloc(12));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(2 + length, -16)).toString() + decipher.final('utf8');
}

const dataOf = (object: object) => (object as { spec: { encryptedData: Record<string, string> } }).spec.encryptedData;

describe('a sealed Secret', () => {
  test('is opened by the key of the certificate, for its own name in its own namespace alone', () => {
    withFolder((folder) => {
      const { pem, key } = certificate(folder);
      const text = dataOf(sealed(SECRET, sealingKey('cert.pem', pem, new Date())))['login.conf'] ?? '';
      expect(opened(text, key, 'space-b/client')).toBe(`word=${CANARY}\n`);
      expect(() => opened(text, key, 'space-b/other')).toThrow();
    });
  });

  test('has no value in it, and is another one each time', () => {
    withFolder((folder) => {
      const key = sealingKey('cert.pem', certificate(folder).pem, new Date());
      const texts = [sealed(SECRET, key), sealed(SECRET, key)].map((object) => JSON.stringify(object));
      expect(texts[0]).not.toEqual(texts[1]);
      expect(texts[0]).not.toMatch(/canary|reader/);
    });
  });

  test.each([
    [
      'no certificate',
      [],
      'x.pem: is not a certificate; "kubeseal --fetch-cert" prints that of your cluster',
      'nonsense',
    ],
    [
      'one without an RSA key',
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
      'x.pem: has no RSA key; "kubeseal --fetch-cert" prints the certificate of your cluster',
      undefined,
    ],
  ])('needs a certificate, not %s', (_, args, message, text) => {
    withFolder((folder) => {
      const pem = text ?? certificate(folder, ...args).pem;
      expect(() => sealingKey('x.pem', pem, new Date())).toThrow(new Error(message));
    });
  });

  test('needs one that has not ended: the controller may not open what was sealed for it', () => {
    withFolder((folder) => {
      const { pem } = certificate(folder);
      expect(() => sealingKey('x.pem', pem, new Date('2999-01-01'))).toThrow(/^x.pem: ended on /);
    });
  });
});

describe('the options', () => {
  const terminal = { env: {}, out: () => {}, err: () => {}, interruptible: () => Promise.reject(new Error('unused')) };

  test.each([
    ['sops', { seal: 'a.pem' }, '--seal is for secrets.backend: sealedSecrets; that of test is sops'],
    ['manual', { encrypt: 'age1' }, '--encrypt is for secrets.backend: sops; that of test is manual'],
  ])('are for their backend, not for %s', (backend, options, message) => {
    const config = platformConfig({ secrets: { backend } });
    expect(() => encryptionFor(config, options, terminal)).toThrow(message);
  });

  test.each(['age1', 'AGE-SECRET-KEY-1QQQ', 'x --age y'])(
    '--encrypt takes a recipient, not %s, which it does not repeat',
    (text) => {
      expect(() => encrypted(SECRET, text, {})).toThrow(
        '--encrypt: must be the recipient of an age key, as "age-keygen" prints it: age1…',
      );
    },
  );

  test('--encrypt says that it needs sops', () => {
    expect(() => encrypted(SECRET, `age1${'q'.repeat(58)}`, { PATH: '/nowhere' })).toThrow(
      '--encrypt: needs the command sops; install it from https://github.com/getsops/sops',
    );
  });

  test('what sops says of its input is not repeated', () => {
    withFolder((folder) => {
      writeFiles(folder, { sops: '#!/bin/sh\ncat >&2\nexit 3\n' });
      chmodSync(join(folder, 'sops'), 0o755);
      const path = `${folder}:${process.env.PATH}`;
      expect(() => encrypted(SECRET, `age1${'q'.repeat(58)}`, { PATH: path })).toThrow(
        new Error('sops ended with 3; "sops --version" must say 3.10 or later'),
      );
    });
  });
});

describe('an environment with sealed Secrets', () => {
  let root: string;
  const folder = () => join(root, 'environments/own/secrets');
  const run = (...args: string[]) => runCli(root, args);
  const seal = (...args: string[]) => run('secrets', 'own', '--seal', 'cert.pem', ...args);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
    writeFiles(root, {
      'environments/own/platform.yaml': `frontend: {enabled: false}\nsecrets: {backend: sealedSecrets}\n${FLUX}`,
      'environments/own/secrets.env': `MLFLOW_DB_PASSWORD=${CANARY}\nPOSTGRES_PASSWORD=${CANARY}.2\n`,
    });
    certificate(root);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('is refused as long as one is missing, with the command that makes it', async () => {
    const { status, stderr } = await run('synth');
    expect(status).toBe(1);
    for (const { namespace, name } of required) {
      expect(stderr).toContain(
        `environments/own/secrets/${namespace}.${name}.yaml: not found; run "npx ml-platform secrets own --seal sealed-secrets.pem"`,
      );
    }
  });

  test('has a file for each, which synth puts into dist/; no value is in a file or on the screen', async () => {
    const sealing = await seal();
    const rendering = await run('synth');
    expect([sealing.status, rendering.status]).toEqual([0, 0]);
    expect(readdirSync(folder()).sort()).toEqual(
      required.map(({ namespace, name }) => `${namespace}.${name}.yaml`).sort(),
    );
    const dist = readFileSync(join(root, 'dist/own/20-operators/sealed-secrets.yaml'), 'utf8');
    expect(dist.match(/^kind: SealedSecret$/gm)).toHaveLength(required.length);
    const grep = execFileSync('grep', ['-rl', CANARY, root], { encoding: 'utf8' });
    expect(grep.trim()).toBe(join(root, 'environments/own/secrets.env'));
    expect(JSON.stringify([sealing, rendering])).not.toContain(CANARY);
  });

  test('keeps the files that it has', async () => {
    await seal();
    const read = () => readdirSync(folder()).map((name) => readFileSync(join(folder(), name), 'utf8'));
    const before = read();
    const { status, stderr } = await seal();
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'every Secret has its file already\n' });
    expect(read()).toEqual(before);
  });

  test('gives a new file no other value than that of its counterpart, which nobody can read', async () => {
    await seal();
    const file = join(folder(), 'mlflow.mlflow-database.yaml');
    rmSync(file);
    rmSync(join(root, 'environments/own/secrets.env'));
    const { status, stderr } = await seal();
    expect(status).toBe(1);
    expect(stderr).toContain(
      'MLFLOW_DB_PASSWORD: is in environments/own/secrets/postgres.postgresql.yaml already, and cannot be read there; give it by --existing or --values, or remove that file',
    );
    expect(readdirSync(folder())).not.toContain('mlflow.mlflow-database.yaml');
  });

  const plain = `apiVersion: v1\nkind: Secret\nmetadata: {name: minio, namespace: minio-system}\nstringData: {a: ${CANARY}}\n`;
  test.each([
    ['that nobody has encrypted', 'minio-system.minio.yaml', plain],
    ['that is no YAML', 'minio-system.minio.yaml', `a: [${CANARY}\n`],
    [
      'with a value in its template',
      'minio-system.minio.yaml',
      `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: minio, namespace: minio-system}\nspec: {encryptedData: {}, template: {data: {a: ${CANARY}}}}\n`,
    ],
  ])('refuses a Secret %s, and does not repeat what is in it', async (_, name, text) => {
    await seal();
    writeFileSync(join(folder(), name), text);
    const { status, stdout, stderr } = await run('synth');
    expect(status).toBe(1);
    expect(stderr).toContain(`environments/own/secrets/${name}: is not one SealedSecret alone; remove it and run`);
    expect(stdout + stderr).not.toContain(CANARY);
  });

  test('refuses a file of another name, and one that is read by nobody', async () => {
    await seal();
    const text = readFileSync(join(folder(), 'minio-system.minio.yaml'), 'utf8');
    writeFileSync(join(folder(), 'other.yaml'), text);
    expect((await run('synth')).stderr).toContain(
      'environments/own/secrets/other.yaml: is Secret minio-system/minio; its file is environments/own/secrets/minio-system.minio.yaml',
    );
    rmSync(join(folder(), 'other.yaml'));
    writeFileSync(join(folder(), 'minio-system.old.yaml'), text.replaceAll('name: minio', 'name: old'));
    expect((await run('synth')).stderr).toContain('minio-system.old.yaml: is read by nobody; remove it');
  });

  test('refuses files that its backend does not read', async () => {
    await seal();
    writeFileSync(join(root, 'environments/own/platform.yaml'), 'frontend: {enabled: false}\n');
    expect((await run('synth')).stderr).toContain(
      'environments/own/secrets/minio-system.minio.yaml: not read; set secrets.backend to sealedSecrets or sops, or remove it',
    );
  });
});

describe('an environment with Secrets that sops encrypts', () => {
  const value = 'ENC[AES256_GCM,data:eA==,iv:eA==,tag:eA==,type:str]';
  const files = Object.fromEntries(
    required.map(({ namespace, name, data }) => [
      `environments/own/secrets/${namespace}.${name}.yaml`,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        stringData: Object.fromEntries(Object.keys(data).map((key) => [key, value])),
        sops: { mac: value, lastmodified: '2026-11-28T12:00:00Z' },
      }),
    ]),
  );
  const rendered = async (platform: string, more: Record<string, string> = {}) => {
    const root = mkdtempSync(join(tmpdir(), 'ml-platform-'));
    try {
      writeFiles(root, { 'environments/own/platform.yaml': platform, ...files, ...more });
      const result = await runCli(root, ['synth']);
      const read = (path: string) => (result.status === 0 ? readFileSync(join(root, 'dist/own', path), 'utf8') : '');
      return {
        ...result,
        encrypted: read('delivery/secrets/secrets.yaml'),
        stage: read('delivery/flux/secrets.yaml'),
        next: read('delivery/flux/20-operators.yaml'),
        all: read('kustomization.yaml'),
      };
    } finally {
      rmSync(root, { recursive: true });
    }
  };
  const SOPS = 'frontend: {enabled: false}\nsecrets: {backend: sops, sops: {keySecret: identity}}\n';

  test('gives them to Flux, which decrypts them between the namespaces and what reads them', async () => {
    const { status, encrypted: text, stage, next, all } = await rendered(SOPS + FLUX);
    expect(status).toBe(0);
    expect(text.match(/^kind: Secret$/gm)).toHaveLength(required.length);
    expect(load(stage)).toMatchObject({
      spec: {
        path: './dist/own/delivery/secrets',
        dependsOn: [{ name: 'own-10-setup' }],
        decryption: { provider: 'sops', secretRef: { name: 'identity' } },
      },
    });
    expect(load(next)).toMatchObject({ spec: { dependsOn: [{ name: 'own-secrets' }] } });
    expect(all).not.toContain('secrets');
  });

  test('is refused where Flux does not deploy it', async () => {
    const { status, stderr } = await rendered(SOPS);
    expect(status).toBe(1);
    expect(stderr).toContain(
      'secrets.backend: is sops, which Flux decrypts; say where Flux reads dist/ from, such as delivery: {flux: {source: {url: "https://git.example.com/team/platform.git"}}}',
    );
  });

  test('is refused with a value that is not encrypted, which is not repeated', async () => {
    const path = 'environments/own/secrets/minio-system.minio.yaml';
    const text = (files[path] ?? '').replace(value, CANARY);
    const { status, stdout, stderr } = await rendered(SOPS + FLUX, { [path]: text });
    expect(status).toBe(1);
    expect(stderr).toContain(`${path}: is not one Secret that sops has encrypted alone; remove it and run`);
    expect(stdout + stderr).not.toContain(CANARY);
  });
});
