using System.CommandLine;
using System.Globalization;
using System.Text;
using HybridAD.Cli.Input;
using HybridAD.Cli.Output;
using HybridAD.Formats;
using HybridAD.Formats.Source;

namespace HybridAD.Cli.Commands;

/// <summary>The function and its Jacobian as source.</summary>
internal static class ExportCommand
{
    public const string Summary = "The function and its Jacobian as source, in C or C#";

    public static readonly string[] Examples =
    [
        "hybridad export model.nl --lang c -o model.c           two functions, and the positions of the nonzeros",
        "hybridad export model.nl --lang csharp -o Model.cs     a class",
        "hybridad export bench.fpcore --core doppler1 --lang c  to the screen, named after the benchmark",
        "hybridad export trace.json --lang c --name flux        other names than the file's",
    ];

    public static void Define(Command command, Shell shell)
    {
        var file = CommonOptions.File();
        var core = CommonOptions.Core();
        var language = CommonOptions.Choice("--lang", "The language", "csharp", "c");
        var name = new Option<string?>("--name") { Description = "What the functions' names begin with, or the class is called; the model's own name if not given", HelpName = "NAME" };
        var output = CommonOptions.Output();
        var profile = CommonOptions.Profile();
        command.Arguments.Add(file);
        foreach (var option in new Option[] { core, language, name, output, profile })
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            using var progress = new Progress(shell);
            progress.Stage("reading");
            var path = parsed.GetRequiredValue(file);
            var model = LoadedModel.Load(path, shell, parsed.GetValue(core));
            progress.Stage("planning");
            var jacobian = model.Function.CompileJacobian(new JacobianPlannerOptions { Engine = Engine.Interpreted, Profile = Profiles.Find(parsed.GetValue(profile), shell) });
            progress.Stage("writing");
            var isC = parsed.GetValue(language) == "c";
            var own = model.File.Core?.Name ?? (path == ModelFile.StandardInput ? "model" : Path.GetFileName(path).Split('.')[0]);
            string[] remarks = [$"{PlainText.Of(path)}, written by hybridad export", .. model.Warnings().Select(static warning => $"Warning: {PlainText.Of(warning)}")];
            OutputTarget.Write(parsed.GetValue(output), shell, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                JacobianSource.Write(writer, jacobian.ToFunction().Trace, jacobian.Pattern, isC ? SourceLanguage.C : SourceLanguage.CSharp,
                    parsed.GetValue(name) ?? (isC ? own : ClassName(own)), remarks);
            });
            return ExitCode.Done;
        });
    }

    /// <summary>The words of a name, each with a capital.</summary>
    private static string ClassName(string name)
    {
        var words = new StringBuilder();
        foreach (var letter in name)
            words.Append(char.IsAsciiLetterOrDigit(letter) ? letter : ' ');
        return string.Concat(words.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => word[..1].ToUpper(CultureInfo.InvariantCulture) + word[1..]));
    }
}
