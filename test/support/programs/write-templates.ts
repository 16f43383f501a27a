import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { PIPELINES, pipelineStack, REGIONS } from '../pipelines';

process.env.CDK_VALIDATION = 'false';

/** Writes the templates of all pipelines, for tools that are not ours: FOLDER/<partition>/<pipeline>.template.json. */
const [, , folder] = process.argv;
for (const [partition, region] of Object.entries(REGIONS)) {
  mkdirSync(join(folder, partition), { recursive: true });
  for (const name of Object.keys(PIPELINES)) {
    const template = Template.fromStack(pipelineStack(name, region)).toJSON();
    writeFileSync(join(folder, partition, `${name.replace(/\W+/g, '-')}.template.json`), JSON.stringify(template, null, 1));
  }
}
