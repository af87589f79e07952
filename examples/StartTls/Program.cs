using Examples;

return await CommandRunner.RunAsync(StartTlsCommand.Create(), args);
