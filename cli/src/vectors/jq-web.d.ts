declare module 'jq-web' {
  const ready: Promise<{ raw(json: string, program: string, flags: string[]): string }>;
  export default ready;
}
