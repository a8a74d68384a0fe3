using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using HybridAD.FormatTests.FpCoreFormat;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace HybridAD.FormatTests;

/// <summary>Compiles emitted source and calls it.</summary>
internal static class CompiledSource
{
    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>Whether there is a C compiler; tests of C have nothing to say without one.</summary>
    public static bool HasC { get; } = Works();

    /// <summary>Results of functions of a C# file, each at points.</summary>
    public static double[][][] RunCSharp(IReadOnlyList<(string Source, string Name, double[][] Points)> functions)
    {
        // Each file has the class of the same name; namespaces keep them apart.
        var assembly = Compile(functions.Select(static (function, k) => $"namespace N{k} {{ {function.Source} }}"));
        return [.. functions.Select((function, k) =>
        {
            var method = assembly.GetType($"N{k}.Emitted")!.GetMethod(function.Name)!;
            var types = method.GetParameters();
            return function.Points.Select(x => method.Invoke(null, [.. x.Select((value, j) => types[j].ParameterType == typeof(float) ? (object)(float)value : value)]) switch
            {
                double[] several => several,
                var one => [(double)one!],
            }).ToArray();
        })];
    }

    /// <summary>Results of functions of C files, each at points; one program runs them all.</summary>
    public static double[][][] RunC(IReadOnlyList<(string Source, string Name, double[][] Points, int Results)> functions)
    {
        var program = new StringBuilder("#include <stdio.h>\n");
        var main = new StringBuilder("int main(void)\n{\ndouble result[64];\n");
        for (var k = 0; k < functions.Count; k++)
        {
            var (source, name, points, results) = functions[k];
            program.Append(source.Replace($" {name}(", $" f{k}_{name}("));
            foreach (var x in points)
            {
                var arguments = x.Select(Number).ToList();
                if (results == 0)
                    main.Append($"result[0] = f{k}_{name}({string.Join(", ", arguments)});\n");
                else
                    main.Append($"f{k}_{name}({string.Join(", ", arguments.Append("result"))});\n");
                for (var r = 0; r < Math.Max(1, results); r++)
                    main.Append($"printf(\"%a \", result[{r}]);\n");
                main.Append("printf(\"\\n\");\n");
            }
        }
        var lines = new Queue<double[]>(LinesOfC($"{program}{main}return 0;\n}}\n"));
        return [.. functions.Select(function => function.Points.Select(_ => lines.Dequeue()).ToArray())];
    }

    /// <summary>Compiles C# files into an assembly.</summary>
    public static Assembly Compile(IEnumerable<string> sources)
    {
        string[] files = [.. sources];
        var compilation = CSharpCompilation.Create("emitted", files.Select(static file => CSharpSyntaxTree.ParseText(file)), References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
        using var image = new MemoryStream();
        var emitted = compilation.Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics.Take(5)) + "\n" + files[0]);
        return Assembly.Load(image.ToArray());
    }

    /// <summary>The numbers that a C program writes, line by line.</summary>
    public static double[][] LinesOfC(string program)
    {
        var folder = Directory.CreateTempSubdirectory("hybridad-c");
        try
        {
            var path = Path.Combine(folder.FullName, "emitted.c");
            File.WriteAllText(path, program);
            Execute("gcc", ["-std=c99", "-O2", "-ffp-contract=off", "-Wall", "-Werror", "-Wno-unused", "-o", path[..^2], path, "-lm"]);
            return [.. Execute(path[..^2], []).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToArray())];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A number in C.</summary>
    public static string Number(double value) => double.IsNaN(value) ? "NAN" : value.ToString("R", CultureInfo.InvariantCulture);

    private static double Parse(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" or "-nan" => double.NaN,
        _ => HexNumber.Parse(text.Replace("p+", "p")),
    };

    private static string Execute(string file, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    private static bool Works()
    {
        try
        {
            Execute("gcc", ["--version"]);
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
