/** A model that brings its environment along, in which there are other versions than the image of the server has. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from '../../cluster/commands';
import { close, predictionOf } from '../../software/predictions';
import type { Loop } from '../loop';
import { Manifests } from '../manifests';

const NAME = 'mlflow-wine';
const PLACE = 'models/wine/own-environment/1';

export async function ownEnvironment(loop: Loop): Promise<void> {
  const repository = loop.changed('own-environment', (environment) => {
    const file = join(environment, 'models', `${NAME}.yaml`);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^uri: .*$/m, `uri: s3://${PLACE}`));
  });
  const serve = async () => {
    await loop.serve(NAME, loop.host.manifests, new Manifests(repository.dist(), ''));
    return predictionOf(`http://${NAME}-default.ml-models.svc:8000/v2/models/classifier/infer`, REQUEST);
  };
  const version = (venv: string) =>
    Number(finished(loop.command(join(venv, 'bin/python'), '-c', 'import sklearn; print(sklearn.__version__[:3])')));

  await loop.checks.check("a model without an environment of its own says the image's scikit-learn", async () => {
    const folder = join(loop.work, 'versions');
    finished(loop.python('training', '-c', SAVE, folder));
    finished(loop.mc('cp', '--recursive', `${folder}/`, `mlflow/${PLACE}/`));
    finished(repository.command('synth'));
    return close(await serve(), version(loop.software.serving));
  });
  await loop.checks.check('with environment.tar.gz beside it, it says its own', async () => {
    const { environment, serving } = loop.software;
    if (version(environment) === version(serving)) throw new Error('both have the same version');
    const file = join(loop.work, 'environment.tar.gz');
    finished(loop.command('sh', '-c', PACK, environment, file));
    finished(loop.mc('cp', file, `mlflow/${PLACE}/environment.tar.gz`));
    return close(await serve(), version(environment));
  });
  finished(loop.mc('rm', '--recursive', '--force', `mlflow/${PLACE}/`));
  await loop.serve(NAME, loop.host.manifests);
}

/** One row, of which the model takes nothing. */
const REQUEST = {
  parameters: { content_type: 'pd' },
  inputs: [{ name: 'x', shape: [1], datatype: 'FP64', data: [0] }],
};

/** Saves a model that answers each row with the version of scikit-learn that it runs on. */
const SAVE = `
import sys, mlflow, numpy
class Version(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        import sklearn
        return numpy.full(len(model_input), float(".".join(sklearn.__version__.split(".")[:2])))
mlflow.pyfunc.save_model(sys.argv[1], python_model=Version(), pip_requirements=[])
`;

/** Packs an environment as conda-pack does. This one holds no paths that conda-unpack would have to set right. */
const PACK = `
set -e
unpack=$(mktemp -d)
mkdir "$unpack/bin"
printf '#!/bin/sh\\n' >"$unpack/bin/conda-unpack"
chmod 755 "$unpack" "$unpack/bin" "$unpack/bin/conda-unpack"
tar -C "$0" --exclude=./complete -cf - . -C "$unpack" ./bin/conda-unpack | gzip -1 >"$1"
rm -r "$unpack"
`;
