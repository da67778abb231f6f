/**
 * The Kubernetes API as classes and types (L1), which cdk8s-plus-27 carries.
 *
 * They come from their own file: the package's index loads its L2 layer too, which nothing here uses, and which would cost
 * every run and every test file some 30 modules. The import has the form of CommonJS, since the other forms copy hundreds of names.
 */
import k8s = require('cdk8s-plus-27/lib/imports/k8s');

export { k8s };
