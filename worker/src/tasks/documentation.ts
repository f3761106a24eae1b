/** The documentation page of a type, read from its description. */
import type { ExtensionDefinition } from './extension.ts';
import { propertySchema } from './property-schema.ts';
import type { JsonSchema } from './property-schema.ts';

export interface Documentation {
  markdown: string;
  schema: { properties: JsonSchema; outputs: JsonSchema; definitions: JsonSchema };
}

export function documentationOf(definition: ExtensionDefinition): Documentation {
  const properties = propertySchema(definition.input);
  const outputs =
    definition.output === undefined ? { type: 'object', properties: {} } : propertySchema(definition.output);
  return {
    markdown: markdownOf(definition, properties, outputs),
    schema: {
      properties: {
        title: definition.title,
        ...(definition.deprecated === undefined ? {} : { $deprecated: true }),
        $examples: definition.examples.map(({ title, yaml }) => ({
          title,
          code: exampleYaml(definition, yaml),
          lang: 'yaml',
        })),
        ...properties,
      },
      outputs,
      definitions: {},
    },
  };
}

/** An example as a task of a flow. */
export function exampleYaml({ type }: Pick<ExtensionDefinition, 'type'>, yaml: string): string {
  const name = type.slice(type.lastIndexOf('.') + 1);
  const id = name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
  const properties = yaml.trim() === '{}' ? '' : `\n${yaml}`;
  return `id: ${id}\ntype: ${type}${properties}`;
}

function markdownOf(definition: ExtensionDefinition, properties: JsonSchema, outputs: JsonSchema): string {
  const { type, title, description, deprecated, examples } = definition;
  const parts = [`# ${type}`, `${title}.`];
  if (deprecated !== undefined) parts.push(`> **Deprecated.** ${deprecated}`);
  if (description !== undefined) parts.push(description);
  if (examples.length > 0) parts.push('## Examples');
  for (const example of examples)
    parts.push(`### ${example.title}`, `\`\`\`yaml\n${exampleYaml(definition, example.yaml)}\n\`\`\``);
  parts.push('## Properties', table(properties));
  if (Object.keys(membersOf(outputs)).length > 0) parts.push('## Outputs', table(outputs));
  return `${parts.join('\n\n')}\n`;
}

function table(schema: JsonSchema): string {
  const members = Object.entries(membersOf(schema));
  if (members.length === 0) return 'None.';
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const rows = members.map(([name, member]) => {
    const cells = [
      `\`${name}\`${required.has(name) ? ' *' : ''}`,
      typeWord(member),
      defaultWord(member),
      String(member.description ?? ''),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  });
  return ['| Name | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function membersOf(schema: JsonSchema): Record<string, JsonSchema> {
  return (schema.properties ?? {}) as Record<string, JsonSchema>;
}

function typeWord(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (Array.isArray(schema.anyOf))
    return [...new Set(schema.anyOf.map((option) => typeWord(option as JsonSchema)))].join(' or ');
  return String(schema.type ?? 'any');
}

function defaultWord({ default: value }: JsonSchema): string {
  return value === undefined ? '' : `\`${JSON.stringify(value)}\``;
}
