using System.CommandLine;
using S2nTls.Reliability.Commands;

var command = new RootCommand("Tries to break S2nStream, for as long as it is told to.")
{
    FuzzCommand.Create(),
    ChainsCommand.Create(),
    DisposeCommand.Create(),
    SoakCommand.Create(),
    SoakClientsCommand.Create(),
};
return await command.Parse(args).InvokeAsync();
