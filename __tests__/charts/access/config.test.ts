import { platformRefuses, type Row } from '../../support/refusals';

const open = 'kind: gateway, domain: ml.test';
const signIn = 'issuer: "https://login.test", clientId: x';

platformRefuses({
  'ways in that cannot work': [
    [
      'something exposed without a domain',
      'access: {kind: gateway}',
      'access.domain: is required where something is exposed, such as "ml.example.com"',
    ],
    [
      'two components on one host',
      `access: {${open}, frontend: {host: a.ml.test}, mlflow: {host: a.ml.test}}`,
      'access.mlflow.host: is a.ml.test, the host of frontend too; each has its own, such as "mlflow.ml.test"',
    ],
    [
      'a host of another component',
      `access: {${open}, frontend: {host: mlflow.ml.test}}`,
      'access.mlflow.host: is mlflow.ml.test, the host of frontend too; each has its own, such as "mlflow.ml.test"',
    ],
    [
      'a host that is a pattern',
      `access: {${open}, mlflow: {host: "*.ml.test"}}`,
      'access.mlflow.host: must be a lower-case host name with a domain, without scheme, port or path, not "*.ml.test", such as "mlflow.ml.example.com"',
    ],
    [
      'a host outside the domain of the session',
      `access: {${open}, mlflow: {host: a.other.test}, signIn: {${signIn}, groups: [a]}}`,
      'access.mlflow.host: is a.other.test, not below the domain ml.test, whose hosts share a session; write such as "mlflow.ml.test"',
    ],
    [
      'the domain itself as a host',
      `access: {${open}, mlflow: {host: ml.test}, signIn: {${signIn}, groups: [a]}}`,
      'access.mlflow.host: is ml.test, not below the domain ml.test, whose hosts share a session; write such as "mlflow.ml.test"',
    ],
    [
      'a scope by which the issuer says of nobody who it is',
      `access: {${open}, signIn: {${signIn}, groups: [a], scope: groups}}`,
      'access.signIn.scope: must have openid among its words, such as "openid groups"',
    ],
    [
      'Istio as a kind',
      'access: {kind: istio, domain: ml.test}',
      'access.kind: is no kind; Istio takes Gateways and HTTPRoutes: write kind: gateway, and gateway.className: istio, not "istio", such as "gateway"',
    ],
    [
      'two sources of certificates',
      `access: {${open}, gateway: {className: traefik}, tls: {issuer: a, secret: b}}`,
      'access.tls: must have one of issuer, secret and byGateway, not a mapping, such as {"issuer":"letsencrypt"}',
    ],
    [
      'no source of certificates',
      `access: {${open}, tls: {}}`,
      'access.tls: must have one of issuer, secret and byGateway, not a mapping, such as {"issuer":"letsencrypt"}',
    ],
    ...(['issuer', 'secret'] as const).map(
      (field): Row => [
        `an ${field} for a Gateway that is there`,
        `access: {${open}, gateway: {name: door}, tls: {${field}: x}}`,
        `access.tls.${field}: is for a Gateway that is made here, since a route gives no certificate to one that is there; write tls: {byGateway: true} and give it the certificates yourself, or have it made by gateway.className, such as "traefik"`,
      ],
    ),
    [
      'certificates of a Gateway for an Ingress',
      'access: {kind: ingress, domain: ml.test, models: {enabled: false}, tls: {byGateway: true}}',
      'access.tls.byGateway: is for kind: gateway; an Ingress names an issuer or a Secret, such as {issuer: letsencrypt}',
    ],
    [
      'models behind an Ingress that takes no prefix off',
      'access: {kind: ingress, domain: ml.test}',
      'access.models.enabled: is true, but a path is taken off by a Gateway or by the proxy of signIn, and an Ingress does neither; write kind: gateway, add signIn, or models: {enabled: false}',
    ],
    [
      'sign-in without an issuer',
      `access: {${open}, signIn: {clientId: x, groups: [a]}}`,
      'access.signIn.issuer: is required, such as "https://login.example.com/realms/ml"',
    ],
    [
      'an authority of an issuer that shows no certificate',
      `access: {${open}, signIn: {issuer: "http://login.test", clientId: x, groups: [a], authority: {configMap: ca-x}}}`,
      'access.signIn.authority: is for https, and issuer is http; remove one or change the other',
    ],
    [
      'an authority in two places',
      `access: {${open}, signIn: {${signIn}, groups: [a], authority: {configMap: ca-x, secret: ca-y}}}`,
      'access.signIn.authority: must name one object, such as {"configMap": "company-ca", "key": "ca.crt"}',
    ],
    [
      'a sign-in that lets everybody in without saying so',
      `access: {${open}, signIn: {${signIn}}}`,
      'access.signIn.groups: lets in everybody whom the issuer knows, at a public issuer everybody there is; list groups, such as ["ml-team"], or emailDomains, or write anybody: true',
    ],
    [
      'a sign-in whose groups are a pattern for everybody',
      `access: {${open}, signIn: {${signIn}, groups: [a, "*"]}}`,
      'access.signIn.groups[1]: must be the name of a group, as the issuer gives it; to let everybody of the issuer in, write "anybody: true", not "*", such as "ml-team"',
    ],
    [
      'the document of an issuer in its place',
      `access: {${open}, signIn: {clientId: x, groups: [a], issuer: "https://login.test/a/.well-known/openid-configuration"}}`,
      'access.signIn.issuer: is https://login.test/a/.well-known/openid-configuration, the document that the issuer publishes; write what stands before it, such as "https://login.test/a"',
    ],
    [
      'a client without a name',
      `access: {${open}, signIn: {issuer: "https://login.test", clientId: "", groups: [a]}}`,
      'access.signIn.clientId: must not be empty, not "", such as "ml-platform"',
    ],
    [
      'groups of one host where nobody asks who comes',
      `access: {${open}, mlflow: {groups: [a]}}`,
      'access.mlflow.groups: means nothing where nobody asks who comes; add access.signIn, or remove it',
    ],
    [
      'no groups of one host',
      `access: {${open}, mlflow: {groups: []}, signIn: {${signIn}, groups: [a]}}`,
      'access.mlflow.groups: must name a group, not an empty list, such as ["ml-admins"]',
    ],
    [
      'groups of the S3 API, which knows none',
      `access: {${open}, s3: {enabled: true, groups: [a]}, signIn: {${signIn}, groups: [a]}}`,
      'access.s3.groups: unknown field; the fields here are enabled, host',
    ],
    [
      'a Gateway in a namespace of the platform',
      `access: {${open}, gateway: {namespace: mlflow}}`,
      'access.gateway.namespace: must be a namespace outside the platform, whose own pods get the connections they need, not "mlflow", such as "gateways"',
    ],
    [
      'everybody beside some',
      `access: {${open}, signIn: {${signIn}, groups: [a], anybody: true}}`,
      'access.signIn.anybody: stands beside groups or emailDomains, which let only some in; remove one of the two',
    ],
    [
      'every domain of e-mail addresses',
      `access: {${open}, signIn: {${signIn}, emailDomains: ["*"]}}`,
      'access.signIn.emailDomains[0]: must be a domain of e-mail addresses; to let everybody of the issuer in, write "anybody: true", not "*", such as "example.com"',
    ],
  ],
});

const external = 'kind: external, endpoint: "https://s3.test", bucket: models';

platformRefuses({
  'what is not there to be exposed': [
    [
      'the S3 API of a store elsewhere',
      `access: {${open}, s3: {enabled: true}}\nobjectStore: {${external}}`,
      'access.s3.enabled: is true, but the store is external, and is reached where it is; remove it',
    ],
    [
      'the S3 API of a store that speaks TLS',
      `access: {${open}, s3: {enabled: true}}\ncertificates: {kind: own}\nobjectStore: {kind: distributed, tls: true}`,
      'access.s3.enabled: is true, but the store speaks TLS itself, with a certificate that what leads into the cluster does not know; remove it, or set objectStore.tls: false',
    ],
    [
      'the console of a store elsewhere',
      `access: {${open}, console: {enabled: true}}\nobjectStore: {${external}}`,
      'access.console.enabled: is true, but a store of objectStore.kind: external has no console here; remove it',
    ],
    [
      'the console of a store that has none',
      `access: {${open}, console: {enabled: true}}\nobjectStore: {kind: seaweedfs}`,
      'access.console.enabled: is true, but a store of objectStore.kind: seaweedfs has no console here; remove it',
    ],
    [
      'a console that is not served',
      `access: {${open}, console: {enabled: true}}\nobjectStore: {console: false}`,
      'access.console.enabled: is true, but objectStore.console is false; set it to true, or remove this',
    ],
    [
      'a console that speaks TLS',
      `access: {${open}, console: {enabled: true}}\ncertificates: {kind: own}\nobjectStore: {kind: distributed, tls: true}`,
      'access.console.enabled: is true, but the store speaks TLS itself, with a certificate that what leads into the cluster does not know; remove it, or set objectStore.tls: false',
    ],
    [
      'the host of a front end that is left out',
      `access: {${open}, frontend: {host: a.ml.test}}\nfrontend: {enabled: false}`,
      'access.frontend.host: is a.ml.test, for a front end that frontend.enabled: false leaves out; remove one of the two',
    ],
  ],
});

platformRefuses({
  'the name that it had before': [
    [
      'a Gateway for models alone',
      'gateway: {enabled: true}',
      'gateway: is part of access, which exposes more than models: write access: {kind: gateway, domain: ml.example.com}',
    ],
  ],
});
