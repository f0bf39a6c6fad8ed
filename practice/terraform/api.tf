resource "aws_cloudwatch_log_group" "api" {
  name              = "/ecs/hokusai-api-development"
  retention_in_days = 14
}

# The value is put in by hand; terraform knows only that the secret exists.
resource "aws_secretsmanager_secret" "huggingface" {
  name = "hokusai/development/huggingface/api-key"
}

resource "aws_ecs_cluster" "main" {
  name = "hokusai-development"
}

resource "aws_lb_target_group" "api" {
  name        = "hokusai-api-development"
  port        = 8001
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.main.id

  health_check {
    path                = "/health"
    interval            = 30
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200"
  }
}

resource "aws_ecs_task_definition" "api" {
  family                   = "hokusai-api-development"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = "512"
  memory                   = "1024"
  execution_role_arn       = "arn:aws:iam::932100007590:role/hokusai-ecs-exec"

  container_definitions = jsonencode([{
    name        = "api"
    image       = "932100007590.dkr.ecr.us-east-1.amazonaws.com/hokusai/api:2025-10-06"
    essential   = true
    environment = [{ name = "ENVIRONMENT", value = "development" }]
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.api.name
        awslogs-region        = "us-east-1"
        awslogs-stream-prefix = "ecs"
      }
    }
    portMappings = [{ containerPort = 8001, hostPort = 8001, protocol = "tcp" }]
    secrets = [
      { name = "DATABASE_URL", valueFrom = "/hokusai/development/database/url" },
      { name = "HUGGINGFACE_API_KEY", valueFrom = aws_secretsmanager_secret.huggingface.arn },
      { name = "REDIS_HOST", valueFrom = "/hokusai/development/redis/endpoint" },
      { name = "REDIS_PORT", valueFrom = "/hokusai/development/redis/port" },
    ]
  }])

  # Image releases register revisions outside terraform. It also hides a secret that was added here: only a
  # replacement brings that in, which is how the configuration and the deployed revision came apart.
  lifecycle {
    ignore_changes = [container_definitions]
  }
}

resource "aws_ecs_service" "api" {
  name            = "hokusai-api-development"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 1
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = [aws_subnet.a.id, aws_subnet.b.id]
    security_groups = [aws_security_group.data_pipeline_ecs.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 8001
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  # Releases are rolled out with UpdateService, not by terraform.
  lifecycle {
    ignore_changes = [task_definition, desired_count, availability_zone_rebalancing]
  }
}
