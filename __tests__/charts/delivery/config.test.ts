import { platformRefuses } from '../../support/refusals';

platformRefuses({
  'ways of delivery that cannot work': [
    [
      'Argo CD without a repository',
      'delivery: {argoCd: {}}',
      'delivery.argoCd.repository: is required, such as "https://git.example.com/team/platform.git"',
    ],
    [
      'a repository that is no address',
      'delivery: {argoCd: {repository: my repo}}',
      'delivery.argoCd.repository: must be the address of a repository, not "my repo", such as "https://git.example.com/team/platform.git"',
    ],
    [
      'a login for a source that is there already',
      'delivery: {flux: {source: {secret: login}}}',
      'delivery.flux.source.secret: is for a source that is made here; add url, such as "https://git.example.com/team/platform.git"',
    ],
    [
      'an artifact without oci://',
      'delivery: {flux: {source: {kind: OCIRepository, url: "https://git.test/x"}}}',
      'delivery.flux.source.url: is "https://git.test/x"; an OCIRepository starts with oci://, such as "oci://registry.example.com/team/platform"',
    ],
    [
      'a repository with oci://',
      'delivery: {flux: {source: {url: "oci://registry.test/x"}}}',
      'delivery.flux.source.url: is "oci://registry.test/x"; a GitRepository is reached by https or ssh, such as "https://git.example.com/team/platform.git"',
    ],
    [
      'a time without a unit',
      'delivery: {flux: {interval: "10"}}',
      'delivery.flux.interval: must be a time in hours, minutes or seconds, not "10", such as "10m"',
    ],
    [
      'a path with a slash at its start',
      'delivery: {flux: {path: /dist}}',
      'delivery.flux.path: must be a path below the root of the repository, without "/" at its ends and without "..", not "/dist", such as "platform/dist/production"',
    ],
    [
      'a path out of the repository',
      'delivery: {argoCd: {repository: "https://git.test/a.git", path: platform/../../x}}',
      'delivery.argoCd.path: must be a path below the root of the repository, without "/" at its ends and without "..", not "platform/../../x", such as "platform/dist/production"',
    ],
    [
      'a branch that Git takes for two',
      'delivery: {flux: {source: {url: "https://git.test/a.git", reference: "a b"}}}',
      'delivery.flux.source.reference: must be the name of a branch or a tag, not "a b", such as "main"',
    ],
  ],
});
