/** The names that a source gives to its parts, as far as they can be read while it is being written. */

export interface FlowNames {
  inputs: string[];
  variables: string[];
  labels: string[];
  /** Task id -> its type, of tasks at every depth. */
  tasks: Map<string, string>;
}

export function namesIn(source: string): FlowNames {
  const names: FlowNames = { inputs: [], variables: [], labels: [], tasks: new Map() };
  let section = '';
  let depth: number | undefined;
  let id: string | undefined;
  for (const line of source.split(/\r\n|\n|\r/)) {
    const root = /^([\w-]+):/.exec(line)?.[1];
    if (root !== undefined) {
      section = root;
      depth = undefined;
      continue;
    }
    const member = /^(\s*)(- +)?([\w.-]+):(?:\s+(.*?))?\s*$/.exec(line);
    if (!member) continue;
    const [, indent = '', dash, key = '', value = ''] = member;
    const text = value.replace(/^(["'])(.*)\1$/, '$2');
    if (section === 'variables' || section === 'labels') {
      depth ??= indent.length;
      if (indent.length === depth && dash === undefined) names[section].push(key);
    } else if (section === 'inputs') {
      if (dash !== undefined && key === 'id') names.inputs.push(text);
    } else if (TASK_SECTIONS.has(section)) {
      if (key === 'id') id = text;
      if (key === 'type' && id !== undefined && !names.tasks.has(id)) names.tasks.set(id, text);
    }
  }
  return names;
}

const TASK_SECTIONS: ReadonlySet<string> = new Set(['tasks', 'errors', 'finally', 'afterExecution']);
