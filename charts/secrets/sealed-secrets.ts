import type { Construct } from 'constructs';
import { Component, type ComponentFile } from '../lib/component';
import { PREREQUISITES } from '../prerequisites/catalogue';

export interface SealedSecretsProps {
  /** SealedSecrets, as they were sealed. */
  readonly objects: readonly object[];
}

/** What the Sealed Secrets controller makes the Secrets of. */
export class SealedSecrets extends Component {
  constructor(
    scope: Construct,
    private readonly props: SealedSecretsProps,
  ) {
    super(scope, { name: 'sealed-secrets', stage: '20-operators' });
    this.requireInstalled(PREREQUISITES.sealedSecrets);
  }

  override *files(): Iterable<ComponentFile> {
    yield { stage: this.stage, name: this.componentName, objects: this.props.objects };
  }
}
