/** The bundler compiles it. */
declare module 'jq-web/jq.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
