/** Scripts of components: real files beside their charts, imported as text (the loaders are in cli/esbuild-options.mjs and package.json). */
declare module '*.sh' {
  const text: string;
  export default text;
}

declare module '*.lua' {
  const text: string;
  export default text;
}

declare module '*.py' {
  const text: string;
  export default text;
}
