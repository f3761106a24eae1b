/** Tasks that run the commands of one tool where it is installed, from one table. */
import * as z from '../../zod.ts';
import { dynamicTexts } from '../properties.ts';
import { defineRunnerTask } from '../task.ts';
import type { TaskDefinition } from '../task.ts';
import { jobOf, ScriptOutput, scriptProperties } from './script-properties.ts';

const TOOLS = [
  {
    type: 'terraform.cli.TerraformCLI',
    name: 'terraform',
    title: 'Terraform',
    image: 'hashicorp/terraform',
    commands: ['terraform init', 'terraform apply -auto-approve'],
  },
  {
    type: 'dbt.cli.DbtCLI',
    name: 'dbt',
    title: 'dbt',
    image: 'ghcr.io/kestra-io/dbt',
    commands: ['dbt deps', 'dbt build'],
  },
  {
    type: 'ansible.cli.AnsibleCLI',
    name: 'ansible',
    title: 'Ansible',
    image: 'cytopia/ansible:latest-tools',
    commands: ['ansible-playbook -i inventory.ini playbook.yml'],
  },
];

export const cliTasks: readonly TaskDefinition[] = TOOLS.map(({ type, name, title, image, commands }) =>
  defineRunnerTask({
    type,
    title: `Run commands of ${title}`,
    input: z.object({ commands: dynamicTexts().describe('Shell lines; they share one process.'), ...scriptProperties }),
    output: ScriptOutput,
    examples: [
      {
        title: 'With files of the namespace',
        yaml: `namespaceFiles: { enabled: true }\ncommands:\n${commands.map((command) => `  - ${command}`).join('\n')}`,
      },
    ],
    job: (input) => jobOf(input, { kind: 'commands', commands: input.commands }, { name, image }),
  }),
);
