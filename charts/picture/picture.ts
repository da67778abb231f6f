/** The picture of an environment, drawn from its composition: dist/<env>/platform.svg. */
import { type GraphProps, graphOf } from './graph';
import { layoutOf } from './layout';
import { svgOf } from './svg';

export interface PictureProps extends GraphProps {
  readonly environment: string;
  /** Whether NetworkPolicies are rendered. */
  readonly policies: boolean;
}

/** An SVG document: namespaces, what runs in them, who calls whom, and what is exposed. */
export function picture({ environment, policies, ...props }: PictureProps): string {
  const graph = graphOf(props);
  const callers = graph.groups.filter(({ id, outside }) => outside && graph.arrows.some(({ from }) => from === id));
  const named = callers.map(({ title }) => title).filter((title) => title !== 'Kubernetes');
  const subtitle =
    named.length === 0
      ? 'Nothing is exposed: kubectl port-forward is the way in.'
      : `Callers from outside the platform: ${named.join(', ')}.`;
  const key = policies
    ? 'An arrow is a connection that the network policies allow, with its ports. All others are denied.'
    : 'An arrow is a connection that the platform needs, with its ports. No network policy denies others.';
  return svgOf({ title: environment, subtitle, key, layout: layoutOf(graph) });
}
