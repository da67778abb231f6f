/** The two models of the starting environment, which datascience/train.py trains and publishes. */
export const WINE_MODELS = ['mlflow-wine', 'xgb-wine-k8s'] as const;

export type WineModel = (typeof WINE_MODELS)[number];

/** The name of each in MLflow's registry. */
export const REGISTERED: Readonly<Record<WineModel, string>> = {
  'mlflow-wine': 'wine-elasticnet',
  'xgb-wine-k8s': 'wine-xgboost',
};

/** Where the documents' port-forward, and the loop's pod, make MLflow answer. */
export const TRACKING = 'http://localhost:5000';
