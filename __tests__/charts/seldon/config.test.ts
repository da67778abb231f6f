/** What the settings of Seldon Core are refused for. */
import { platformRefuses, type Row } from '../../support/refusals';

platformRefuses({
  'a release of Seldon Core that is not supported': [
    ...['1.16.0', '1.20.0', '2.8.0', 'v1.17.1', '1.17.01', '1.19.0-rc.1', '"1.17"', '""'].map(
      (version): Row => [
        version,
        `seldon: {version: ${version}}`,
        `seldon.version: must be a release of Seldon Core v1 from 1.17.0 to 1.19, not "${version.replaceAll('"', '')}", such as "1.17.1"`,
      ],
    ),
    [
      'one under the Business Source License',
      'seldon: {version: 1.18.2}',
      'seldon.version: is 1.18.2, which is under the Business Source License 1.1 and not free for production; set acceptBusinessSourceLicense: true if you have the right to use it, or use "1.17.1"',
    ],
    [
      'one whose licence is refused',
      'seldon: {version: 1.19.0, acceptBusinessSourceLicense: false}',
      'seldon.version: is 1.19.0, which is under the Business Source License 1.1 and not free for production; set acceptBusinessSourceLicense: true if you have the right to use it, or use "1.17.1"',
    ],
    [
      'an operator that no webhook would check the models of',
      'seldon: {controllerId: staging}',
      'seldon.controllerId: is ignored by the webhook that the operator registers itself, so that nothing would check the models; set seldon.certificates: cert-manager',
    ],
    [
      'an acceptance that is no flag',
      'seldon: {version: 1.18.2, acceptBusinessSourceLicense: yes}',
      'seldon.acceptBusinessSourceLicense: must be true or false, not "yes", such as false',
    ],
    [
      'a maker of certificates that there is not',
      'seldon: {certificates: certmanager}',
      'seldon.certificates: must be one of manager, cert-manager, not "certmanager", such as "manager"',
    ],
  ],
  'a port that the webhook cannot have': [
    [
      'one for the root user',
      'seldon: {webhookPort: 443}',
      'seldon.webhookPort: must be a whole number from 1024 to 65535, not 443, such as 10250',
    ],
    [
      'that of the metrics',
      'seldon: {webhookPort: 8080}',
      'seldon.webhookPort: must be another port than that of its metrics, not 8080, such as 10250',
    ],
  ],
});
