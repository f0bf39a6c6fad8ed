import { describe, expect, test } from "vitest";
import { CLUSTER, FAMILY, SECURITY_GROUPS, SERVICE } from "../../../src/practice/world/account/app.ts";
import {
  createIncident,
  createTestWorld,
  definition,
  deploy,
  describeService,
  HERE,
  NEW_SECRETS,
  OLD_SECRETS,
  SERVICE_REQUEST,
} from "./ecs-world.ts";

const ARN = "arn:aws:ecs:us-east-1:123456789012";

describe("task definitions", () => {
  test("get the next revision, which is never used again", () => {
    const one = createIncident();
    one.call("DeregisterTaskDefinition", { taskDefinition: `${FAMILY}:151` });
    expect(one.call("RegisterTaskDefinition", definition(NEW_SECRETS))).toMatchObject({
      taskDefinition: {
        revision: 152,
        status: "ACTIVE",
        family: FAMILY,
        taskDefinitionArn: `${ARN}:task-definition/${FAMILY}:152`,
      },
    });
  });

  test("are found by family, by family and revision, and by ARN", () => {
    const one = createIncident();
    const revisions = [FAMILY, `${FAMILY}:150`, `${ARN}:task-definition/${FAMILY}:150`].map(
      (taskDefinition) => one.call("DescribeTaskDefinition", { taskDefinition }),
    );
    expect(revisions).toMatchObject([151, 150, 150].map((revision) => ({ taskDefinition: { revision } })));
  });

  test.each(["other", `${FAMILY}:7`])("that do not exist are refused as ECS does: %s", (taskDefinition) => {
    const one = createIncident();
    expect(() => one.call("DescribeTaskDefinition", { taskDefinition })).toThrow(
      expect.objectContaining({ code: "ClientException", message: "Unable to describe task definition." }),
    );
  });

  test("are given back with ECS's defaults, and with tags only when asked", () => {
    const one = createTestWorld();
    one.call("RegisterTaskDefinition", { ...definition(OLD_SECRETS), tags: [{ key: "team", value: "ml" }] });
    const bare = one.call("DescribeTaskDefinition", { taskDefinition: FAMILY });
    expect(bare).toMatchObject({
      taskDefinition: {
        containerDefinitions: [
          {
            cpu: 0,
            essential: true,
            portMappings: [{ containerPort: 8000, hostPort: 8000, protocol: "tcp" }],
          },
        ],
      },
    });
    expect(bare).not.toHaveProperty("tags");
    expect(one.call("DescribeTaskDefinition", { taskDefinition: FAMILY, include: ["TAGS"] })).toMatchObject({
      tags: [{ key: "team", value: "ml" }],
    });
  });

  test("are listed in pages, newest first when asked", () => {
    const one = createIncident();
    const first = one.call("ListTaskDefinitions", { familyPrefix: FAMILY, sort: "DESC", maxResults: 1 });
    expect(first).toEqual({ taskDefinitionArns: [`${ARN}:task-definition/${FAMILY}:151`], nextToken: "1" });
    expect(
      one.call("ListTaskDefinitions", { familyPrefix: FAMILY, sort: "DESC", maxResults: 1, nextToken: "1" }),
    ).toEqual({
      taskDefinitionArns: [`${ARN}:task-definition/${FAMILY}:150`],
    });
    expect(one.call("ListTaskDefinitionFamilies")).toEqual({ families: [FAMILY] });
  });

  test("become INACTIVE once, and the second call changes nothing", () => {
    const one = createIncident();
    for (const _ of [1, 2]) {
      expect(one.call("DeregisterTaskDefinition", { taskDefinition: `${FAMILY}:150` })).toMatchObject({
        taskDefinition: { status: "INACTIVE", deregisteredAt: expect.any(Number) },
      });
    }
    expect(one.ledger()).toEqual(["ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition"]);
    expect(() => one.call("DeregisterTaskDefinition", { taskDefinition: FAMILY })).toThrow(
      "Revision is missing.",
    );
    expect(() => one.call("DeregisterTaskDefinition", { taskDefinition: `${FAMILY}:9` })).toThrow(
      "does not exist",
    );
  });
});

describe("UpdateService", () => {
  test("refuses an INACTIVE revision, but a rollback may still go to one", () => {
    const one = createIncident();
    one.call("DeregisterTaskDefinition", { taskDefinition: `${FAMILY}:150` });
    deploy(one, 151);
    one.time.pass(300);
    expect(describeService(one)).toMatchObject({
      taskDefinition: expect.stringMatching(/:150$/),
      runningCount: 1,
    });
    expect(() => deploy(one, 150)).toThrow(
      expect.objectContaining({ code: "ClientException", message: "TaskDefinition is inactive" }),
    );
    one.call("UpdateService", { ...HERE, forceNewDeployment: true });
    one.time.pass(100);
    expect(describeService(one).deployments).toMatchObject([{ rolloutState: "COMPLETED" }]);
  });

  test.each([
    ["ClusterNotFoundException", { cluster: "other", service: SERVICE }],
    ["ServiceNotFoundException", { cluster: CLUSTER, service: "other" }],
    ["ClientException", { ...HERE, taskDefinition: `${FAMILY}:9` }],
    ["InvalidParameterException", { ...HERE, desiredCount: -1 }],
  ])("is refused with %s and leaves no ledger entry", (code, request) => {
    const one = createIncident();
    const before = one.ledger();
    expect(() => one.call("UpdateService", request)).toThrow(expect.objectContaining({ code }));
    expect(one.ledger()).toEqual(before);
  });

  test("that asks for what is already so makes no deployment and no ledger entry, unless forced", () => {
    const one = createIncident();
    const { deployments } = describeService(one);
    const before = one.ledger();
    const same = {
      ...HERE,
      taskDefinition: `${FAMILY}:150`,
      desiredCount: 1,
      networkConfiguration: SERVICE_REQUEST.networkConfiguration,
    };
    expect(one.call("UpdateService", same).service.deployments).toEqual(deployments);
    expect(one.ledger()).toEqual(before);
    expect(one.call("UpdateService", { ...same, forceNewDeployment: true }).service.deployments).toHaveLength(
      2,
    );
    expect(one.ledger()).toEqual([...before, "ecs:UpdateService"]);
  });

  test("that changes a setting without need of new tasks is in the ledger but makes no deployment", () => {
    const one = createIncident();
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: false, rollback: false } };
    const { service } = one.call("UpdateService", { ...HERE, deploymentConfiguration });
    expect(service.deploymentConfiguration).toMatchObject({
      ...deploymentConfiguration,
      maximumPercent: 200,
    });
    expect(service.deployments).toHaveLength(1);
    expect(one.ledger()).toContain("ecs:UpdateService");
  });
});

describe("services", () => {
  test("show their network, load balancer and breaker as they were given", () => {
    const one = createIncident();
    const {
      taskDefinition: _,
      cluster: __,
      serviceName,
      deploymentConfiguration,
      ...echoed
    } = SERVICE_REQUEST;
    expect(describeService(one)).toMatchObject({
      ...echoed,
      serviceName,
      serviceArn: `${ARN}:service/${CLUSTER}/${SERVICE}`,
      clusterArn: `${ARN}:cluster/${CLUSTER}`,
      deploymentConfiguration: {
        ...deploymentConfiguration,
        maximumPercent: 200,
        minimumHealthyPercent: 100,
      },
      availabilityZoneRebalancing: "DISABLED",
      status: "ACTIVE",
      currentServiceDeployment: expect.stringContaining(":service-deployment/"),
    });
  });

  test("that are missing come back as failures", () => {
    const one = createIncident();
    expect(one.call("DescribeServices", { cluster: CLUSTER, services: ["other"] })).toEqual({
      services: [],
      failures: [{ arn: `${ARN}:service/${CLUSTER}/other`, reason: "MISSING" }],
    });
    expect(() => one.call("DescribeServices", { services: [SERVICE] })).toThrow(
      expect.objectContaining({ code: "ClusterNotFoundException" }),
    );
  });

  test("are created, listed, tagged and deleted, each change once in the ledger", () => {
    const one = createTestWorld();
    one.call("CreateCluster", { clusterName: CLUSTER });
    one.call("CreateCluster", { clusterName: CLUSTER });
    one.call("RegisterTaskDefinition", definition(OLD_SECRETS));
    const request = { ...SERVICE_REQUEST, taskDefinition: FAMILY };
    one.call("CreateService", request);
    expect(() => one.call("CreateService", request)).toThrow("not idempotent");
    one.time.pass(90);
    expect(describeService(one)).toMatchObject({
      runningCount: 1,
      deployments: [{ rolloutState: "COMPLETED" }],
    });
    expect(one.call("DescribeClusters", { clusters: [CLUSTER, "other"] })).toMatchObject({
      clusters: [{ status: "ACTIVE", runningTasksCount: 1, activeServicesCount: 1 }],
      failures: [{ reason: "MISSING" }],
    });
    expect(one.call("ListClusters")).toEqual({ clusterArns: [`${ARN}:cluster/${CLUSTER}`] });
    const resourceArn = `${ARN}:service/${CLUSTER}/${SERVICE}`;
    expect(one.call("ListServices", { cluster: CLUSTER })).toEqual({ serviceArns: [resourceArn] });
    one.call("TagResource", { resourceArn, tags: [{ key: "team", value: "ml" }] });
    one.call("TagResource", { resourceArn, tags: [{ key: "team", value: "ml" }] });
    expect(one.call("ListTagsForResource", { resourceArn })).toEqual({
      tags: [{ key: "team", value: "ml" }],
    });
    one.call("UntagResource", { resourceArn, tagKeys: ["team"] });
    expect(() => one.call("DeleteService", HERE)).toThrow("scaled above 0");
    expect(() => one.call("DeleteCluster", { cluster: CLUSTER })).toThrow("Services are active");
    one.call("DeleteService", { ...HERE, force: true });
    expect(describeService(one).status).toBe("DRAINING");
    expect(() => deploy(one, 1)).toThrow("Service was not ACTIVE.");
    one.time.pass(40);
    expect(describeService(one).status).toBe("INACTIVE");
    one.call("DeleteCluster", { cluster: CLUSTER });
    expect(one.ledger()).toEqual(
      [
        "CreateCluster",
        "RegisterTaskDefinition",
        "CreateService",
        "TagResource",
        "UntagResource",
        "DeleteService",
        "DeleteCluster",
      ].map((name) => `ecs:${name}`),
    );
  });
});

describe("tasks and service deployments", () => {
  test("that are missing come back as failures", () => {
    const one = createIncident();
    const missing = { failures: [{ reason: "MISSING" }] };
    expect(one.call("DescribeTasks", { cluster: CLUSTER, tasks: ["0123"] })).toMatchObject({
      ...missing,
      tasks: [],
    });
    expect(
      one.call("DescribeServiceDeployments", { serviceDeploymentArns: [`${ARN}:service-deployment/a`] }),
    ).toMatchObject(missing);
    expect(
      one.call("DescribeServiceRevisions", { serviceRevisionArns: [`${ARN}:service-revision/a`] }),
    ).toMatchObject(missing);
  });

  test("a running task names its revision, its deployment and its address", () => {
    const one = createIncident();
    const { taskArns } = one.call("ListTasks", { cluster: CLUSTER, serviceName: SERVICE, family: FAMILY });
    const [deployment] = describeService(one).deployments;
    expect(one.call("DescribeTasks", { cluster: CLUSTER, tasks: [...taskArns] }).tasks).toMatchObject([
      {
        taskArn: taskArns[0],
        lastStatus: "RUNNING",
        desiredStatus: "RUNNING",
        startedBy: deployment!.id,
        group: `service:${SERVICE}`,
        taskDefinitionArn: `${ARN}:task-definition/${FAMILY}:150`,
        containers: [{ name: "api", lastStatus: "RUNNING" }],
      },
    ]);
    expect(one.call("ListTasks", { cluster: CLUSTER, startedBy: "somebody" }).taskArns).toEqual([]);
  });

  test("a service deployment leads from its source revision to its target revision", () => {
    const one = createIncident();
    deploy(one, 151);
    const [newest, oldest] = one.call("ListServiceDeployments", HERE).serviceDeployments;
    const [record] = one.call("DescribeServiceDeployments", {
      serviceDeploymentArns: [newest!.serviceDeploymentArn],
    }).serviceDeployments;
    expect(record!.sourceServiceRevisions[0]!.arn).toBe(oldest!.targetServiceRevisionArn);
    const { serviceRevisions } = one.call("DescribeServiceRevisions", {
      serviceRevisionArns: [record!.targetServiceRevision.arn, record!.sourceServiceRevisions[0]!.arn],
    });
    expect(serviceRevisions.map((revision) => revision.taskDefinition.split(":").at(-1))).toEqual([
      "151",
      "150",
    ]);
    expect(serviceRevisions[0]!.networkConfiguration.awsvpcConfiguration.securityGroups).toEqual([
      SECURITY_GROUPS.api,
    ]);
  });

  test("service deployments can be listed by status and by time", () => {
    const one = createIncident();
    one.time.pass(60);
    deploy(one, 151);
    const list = (more: object) =>
      one.call("ListServiceDeployments", { ...HERE, ...more }).serviceDeployments;
    expect(list({ status: ["IN_PROGRESS"] })).toHaveLength(1);
    const now = one.time.now().getTime() / 1000;
    expect(list({ createdAt: { after: now } })).toHaveLength(1);
    expect(list({ createdAt: { before: now - 1 } })).toMatchObject([{ status: "SUCCESSFUL" }]);
  });
});
