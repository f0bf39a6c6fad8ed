terraform {
  # The S3 lock file (use_lockfile) needs 1.10.
  required_version = ">= 1.10"

  backend "s3" {
    bucket       = "hokusai-tfstate"
    key          = "development/terraform.tfstate"
    region       = "us-east-1"
    use_lockfile = true
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}
