/** The images that a platform needs on its node. */
import { type Environment, ofKind } from '../cluster/environments';

/** The images that pods of the environment run, with those that the operator puts in. */
export function imagesOf(env: Environment): string[] {
  const named = [...JSON.stringify(env.objects).matchAll(/"image":"([^"]+)"/g)].map(([, name = '']) => name);
  const used = new Set(JSON.stringify(ofKind(env, 'SeldonDeployment')).match(/[A-Z]+_SERVER/g));
  const config = ofKind<SeldonConfig>(env, 'ConfigMap').find(({ metadata }) => metadata.name === 'seldon-config');
  const servers = JSON.parse(config?.data.predictor_servers ?? '{}') as Servers;
  const served = [...used].flatMap((server) => {
    const image = servers[server]?.protocols.v2;
    return image ? [`${image.image}:${image.defaultImageVersion}`] : [];
  });
  return [...new Set([...named, ...served])];
}

type SeldonConfig = Environment['objects'][number] & { readonly data: Readonly<Record<string, string>> };
type Servers = Readonly<
  Record<
    string,
    { readonly protocols: { readonly v2?: { readonly image: string; readonly defaultImageVersion: string } } }
  >
>;
