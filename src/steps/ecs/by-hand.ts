import { commandLine, flag } from "../parts/shell.ts";

interface ServiceLocation {
  readonly cluster: string;
  readonly service: string;
  readonly region?: string | undefined;
}

/** Shows by hand what a service runs: its deployments, the PRIMARY one first. */
export function describeService({ cluster, service, region }: ServiceLocation): string {
  return commandLine(
    "aws",
    "ecs",
    "describe-services",
    "--cluster",
    cluster,
    "--services",
    service,
    ...flag("--region", region),
    "--query",
    "services[0].deployments",
  );
}
