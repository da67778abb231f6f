/** The template's files are imported as their text. */
declare module '*.yaml' {
  const text: string;
  export default text;
}
declare module '*.gitignore' {
  const text: string;
  export default text;
}
