/** Writes crds/, which `cdk8s import` reads, from the definition that the cluster gets. */
import { writeFileSync } from 'node:fs';
import { toYaml } from '../charts/lib/yaml';
import { SELDON_CRD, seldonCrd } from '../charts/seldon/crd';

const file = `crds/${SELDON_CRD}.yaml`;
writeFileSync(file, `# Written by "npm run import" from charts/seldon/crd.ts; do not edit.\n${toYaml([seldonCrd()])}`);
console.log(`wrote ${file}`);
