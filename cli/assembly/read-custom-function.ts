import { LambdaFunction } from './lake-model';
import { AssemblyStack } from './read-assembly';
import { localArnOf, readFunction } from './read-resources';
import { Resolver } from './resolver';
import { SourceManifest } from '../../src/spec/lake-manifest';

type Properties = Readonly<Record<string, unknown>>;

/** A function of the user's own: any function may stand there, and one that cannot run here must not keep the rest from running. */
export function readCustomFunction(stack: AssemblyStack, resolver: Resolver, source: SourceManifest): LambdaFunction {
  if (source.function === undefined) {
    const logicalId = source.importedFunction ?? '';
    return { ...NOT_HERE, logicalId, arn: logicalId, imported: true, notLocal: 'its function is imported, so its code is not in the app' };
  }
  const properties = stack.template.Resources?.[source.function]?.Properties ?? {};
  const notLocal = whyNotLocal(properties, resolver);
  return notLocal === undefined
    ? readFunction(stack, resolver, source.function)
    : { ...NOT_HERE, logicalId: source.function, arn: localArnOf(resolver, source.function), notLocal };
}

const NOT_HERE = { codeDir: '', handler: '', environment: {}, unresolved: {}, memoryMb: 0, timeoutSeconds: 0, assets: [] };

function whyNotLocal({ Runtime, PackageType, Code, Layers }: Properties, resolver: Resolver): string | undefined {
  if (PackageType === 'Image') {
    return 'its function is a container image';
  }
  const runtime = resolver.text(Runtime ?? '');
  if (!runtime.startsWith('nodejs')) {
    return `its function's runtime is ${runtime}, and this machine runs those of Node only`;
  }
  if ((Code as Properties | undefined)?.S3Key === undefined) {
    return "its function's code is inline: put it into a folder and take Code.fromAsset";
  }
  return Array.isArray(Layers) && Layers.length > 0 ? 'its function has layers, which are not unpacked here' : undefined;
}
