return await CallCenter.Api.CommandLine.Cli.RunAsync(args);
