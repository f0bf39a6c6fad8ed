/** What follows the last slash of an ARN: a name, an id or `family:revision`. What is no ARN stays as it is. */
export function lastOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
