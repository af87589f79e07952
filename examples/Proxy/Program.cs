using Examples;

return await CommandRunner.RunAsync(ProxyCommand.Create(), args);
