import { awsLine } from "../parts/shell.ts";

interface ServiceLocation {
  readonly cluster: string;
  readonly service: string;
  readonly region?: string | undefined;
}

/** Shows by hand what a service runs: its deployments, the PRIMARY one first. */
export function describeService({ cluster, service, region }: ServiceLocation): string {
  const query = "services[0].deployments";
  return awsLine("ecs describe-services", { cluster, services: service, region, query });
}
