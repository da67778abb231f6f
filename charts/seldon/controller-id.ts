/**
 * The label of a SeldonDeployment that names its operator. An operator leaves alone the models of which this label is
 * not its CONTROLLER_ID; one without an ID takes those without the label.
 *
 * Source: operator/controllers/seldondeployment_controller.go at v1.17.1.
 */
export const CONTROLLER_ID = 'seldon.io/controller-id';
