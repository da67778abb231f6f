/** How the sources become one script, when a program runs and when the package is built. */
export const ESBUILD_OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  minifyWhitespace: true,
  minifySyntax: true,
  // Files that are imported as their text.
  loader: { '.sh': 'text', '.py': 'text', '.lua': 'text', '.yaml': 'text', '.gitignore': 'text' },
};
