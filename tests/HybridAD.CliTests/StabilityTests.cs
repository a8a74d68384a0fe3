using System.Globalization;
using System.Text.Json;
using HybridAD.Cli.Input;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.CliTests;

/// <summary>What stability prints.</summary>
public class StabilityTests
{
    private static readonly string Kernels = Path.Combine(Tool.Examples, "kernels.fpcore");
    private static readonly string SmallRoot = Path.Combine(Tool.Examples, "small-root.trace.json");
    private static readonly string Disc = Path.Combine(Tool.Examples, "disc.nl");

    private static JsonElement Cores(params string[] args) => Tool.Run(["stability", .. args, "--format", "json"]).AssertDone().Json.GetProperty("cores");

    private static string[] Members(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];

    [Fact]
    public void APointAtWhichAnotherBranchIsTakenIsRefused()
    {
        using var scratch = new Scratch();
        var file = scratch.Write("guarded.json", """
            {"format": "hybridad-trace", "version": 1, "inputs": 1, "x": [0.25], "nodes": [["const", 0], ["gt", 0, 1], ["mul", 0, 0]], "outputs": [3], "guards": [[2, 1]]}
            """);
        Tool.Run("stability", file).AssertDone();
        const string Message = "At this point the traced code takes another branch: guard 0, gt(-1, 0) at node 2, is 0 but was 1 when traced. "
            + "The function came as a trace and cannot be recorded again: record it at this point. [HAD2004]";
        var points = scratch.Write("points.csv", "-1\n");
        Tool.Run("stability", file, "--at", points).AssertRefused(Message);
        Tool.Run("tune", file, "--tolerance", "1e-3", "--at", points).AssertRefused(Message);
        var drawn = Tool.Run("stability", file, "--points", "20", "--format", "json").AssertDone().Output;
        Assert.Matches("[0-9]+ of 20 drawn points are left out: another branch is taken there than the recorded one", drawn);
    }

    [Theory]
    [InlineData("stability", "--points", "3")]
    [InlineData("tune", "--tolerance", "1e-3", "--points", "3")]
    public void Points_between_bounds_that_exclude_each_other_are_refused(params string[] command)
    {
        using var scratch = new Scratch();
        var file = scratch.Write("model.nl", File.ReadAllText(Tool.Pendulum).Replace("\nb\n3\n", "\nb\n0 5 1\n", StringComparison.Ordinal));
        Tool.Run([command[0], file, .. command[1..]]).AssertRefused("no point can be drawn: x0 has the lower bound 5 above the upper bound 1 [HAD6001]");
    }

    [Fact]
    public void A_point_has_the_members_that_programs_rely_on()
    {
        var core = Cores(SmallRoot)[0];
        Assert.Equal(["name", "status", "points"], Members(core));
        Assert.Equal(("x", "ok"), (core.GetProperty("name").GetString(), core.GetProperty("status").GetString()));
        var point = core.GetProperty("points")[0];
        Assert.Equal(["x", "value", "precision", "bound", "estimate", "localErrorSum", "condition", "gradient", "flags", "worst"], Members(point));
        Assert.Equal(("binary64", 3), (point.GetProperty("precision").GetString(), point.GetProperty("gradient").GetArrayLength()));
        var worst = point.GetProperty("worst")[0];
        Assert.Equal(["node", "operation", "share", "source", "kind"], Members(worst).Take(5));
        Assert.Equal((9, "sub", "numerator = root - b", "cancellation"), (worst.GetProperty("node").GetInt32(), worst.GetProperty("operation").GetString(),
            worst.GetProperty("source").GetString(), worst.GetProperty("kind").GetString()));
        Assert.InRange(worst.GetProperty("share").GetDouble(), 0.9, 1);
    }

    [Fact]
    public void Every_benchmark_of_a_file_is_a_core_and_one_that_cannot_be_run_says_why()
    {
        var cores = Cores(Kernels, "--points", "5");
        Assert.Equal(["small root", "thin lens", "versine", "ramp", "lattice"], cores.EnumerateArray().Select(core => core.GetProperty("name").GetString()));
        Assert.Equal(["ok", "ok", "ok", "ok", "unsupported: 'lgamma' cannot be computed here at 30:3"], cores.EnumerateArray().Select(core => core.GetProperty("status").GetString()));
        Assert.All(cores.EnumerateArray().Take(4), core => Assert.Equal(5, core.GetProperty("points").GetArrayLength()));
        Assert.False(cores[4].TryGetProperty("points", out _));
        Assert.Equal("binary32", cores[2].GetProperty("points")[0].GetProperty("precision").GetString());
        Assert.Contains("(- root b) at 8:8", cores[0].GetProperty("points")[0].GetProperty("worst")[0].GetProperty("source").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_seeds_draw_equal_points()
    {
        static string[] Points(string seed, string file) =>
            [.. Cores(file, "--points", "4", "--seed", seed)[0].GetProperty("points").EnumerateArray().Select(point => point.GetProperty("x").GetRawText())];
        foreach (var file in new[] { Kernels, SmallRoot, Tool.Pendulum })
        {
            Assert.Equal(Points("7", file), Points("7", file));
            Assert.NotEqual(Points("7", file), Points("8", file));
        }
    }

    [Fact]
    public void Points_of_a_file_are_taken_in_its_order()
    {
        using var scratch = new Scratch();
        var csv = scratch.Write("points.csv", "u,f\n0.2,0.1\n10,0.05\n");
        var points = Cores(Kernels, "--core", "thin lens", "--at", csv)[0].GetProperty("points");
        Assert.Equal(["[0.1,0.2]", "[0.05,10]"], points.EnumerateArray().Select(point => point.GetProperty("x").GetRawText()));
        Assert.Equal(0.2, points[0].GetProperty("value").GetDouble());
    }

    [Fact]
    public void Points_that_do_not_fit_fail_a_single_function_and_mark_one_of_several()
    {
        using var scratch = new Scratch();
        var csv = scratch.Write("points.csv", "0.1,0.2\n");
        Tool.Run("stability", SmallRoot, "--at", csv).AssertRefused("points.csv: line 1: there are 2 numbers, the model has 3 inputs [HAD6005]");
        var cores = Cores(Kernels, "--at", csv);
        Assert.Equal("unsupported: points.csv: line 1: there are 2 numbers, the model has 3 inputs [HAD6005]", cores[0].GetProperty("status").GetString());
        Assert.Equal("ok", cores[1].GetProperty("status").GetString());
    }

    [Fact]
    public void An_output_of_a_model_is_a_core()
    {
        var cores = Cores(Disc, "--points", "3", "--seed", "2");
        Assert.Equal(["c0", "c1", "f0"], cores.EnumerateArray().Select(core => core.GetProperty("name").GetString()));
        Assert.Equal("exp(x0)*x1", cores[2].GetProperty("points")[0].GetProperty("worst").EnumerateArray().Single(culprit => culprit.GetProperty("operation").GetString() == "mul")
            .GetProperty("source").GetString());
    }

    [Fact]
    public void Derivatives_are_analysed_on_request_by_name_number_or_all()
    {
        var cores = Cores(Disc, "--derivatives", "f0,x1", "--derivatives", "0,*");
        static string[] Inputs(JsonElement core) => [.. core.GetProperty("points")[0].GetProperty("derivatives").EnumerateArray().Select(entry => entry.GetProperty("input").GetString()!)];
        Assert.Equal(["x0", "x1"], Inputs(cores[0]));
        Assert.Equal(["x1"], Inputs(cores[2]));
        Assert.False(cores[1].GetProperty("points")[0].TryGetProperty("derivatives", out _));
        var entry = cores[2].GetProperty("points")[0].GetProperty("derivatives")[0];
        Assert.Equal(Math.Exp(0.5), entry.GetProperty("value").GetDouble());
        Assert.InRange(entry.GetProperty("bound").GetDouble(), 1e-17, 1e-14);
        Tool.Run("stability", Disc, "--derivatives", "f0,z").AssertRefused(
            "'--derivatives f0,z': there is no such output and input; give OUT,IN with names, numbers from 0, or * for all [HAD6001]");
    }

    [Fact]
    public void The_gradient_is_followed_on_request()
    {
        using var scratch = new Scratch();
        var nodes = string.Join(", ", Enumerable.Range(0, 60).Select(k => $"""["mul", {(k == 0 ? 0 : k + 2)}, 1], """[..^2]));
        var file = scratch.Write("chain.json", $$"""{"format": "hybridad-trace", "version": 1, "inputs": 3, "x": [0.5, 0.25, 2.0], "nodes": [{{nodes}}, ["mul", 62, 2]], "outputs": [63]}""");
        var sensitivity = Cores(file, "--sensitivity")[0].GetProperty("points")[0].GetProperty("sensitivity");
        Assert.Equal("vanishing", sensitivity.GetProperty("verdict").GetString());
        Assert.Equal(["steady", "steady", "steady"], sensitivity.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("verdict").GetString()));
        Assert.Contains("gradient of y0 on its way back: it vanishes\n", Tool.Run("stability", file, "--sensitivity").AssertDone().Output, StringComparison.Ordinal);
        Assert.Contains("gradient of c1 on its way back: it keeps its size\n", Tool.Run("stability", Disc, "--sensitivity").AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proven_bound_is_there_when_asked_for()
    {
        var point = Cores(SmallRoot, "--proven")[0].GetProperty("points")[0];
        Assert.True(point.GetProperty("provenBound").GetDouble() >= Math.Abs(point.GetProperty("estimate").GetDouble()) * 0.999);
    }

    [Fact]
    public void A_box_has_bounds_by_name_and_a_proven_bound_above_the_error_at_every_point()
    {
        var core = Cores(Kernels, "--core", "thin lens", "--box", "--points", "50")[0];
        var box = core.GetProperty("box");
        Assert.Equal(["bounds", "provenBound", "samePathBound", "largestPointBound", "worstPoint", "range", "boxes", "seconds", "ignored", "findings"], Members(box));
        Assert.Equal(["f", "u"], Members(box.GetProperty("bounds")));
        // Decimal ends are rounded outward.
        Assert.Equal(Math.BitDecrement(0.05), box.GetProperty("bounds").GetProperty("f")[0].GetDouble());
        Assert.Equal(10, box.GetProperty("bounds").GetProperty("u")[1].GetDouble());
        Assert.All(core.GetProperty("points").EnumerateArray(), point => Assert.True(Math.Abs(point.GetProperty("estimate").GetDouble()) <= box.GetProperty("provenBound").GetDouble()));
    }

    [Fact]
    public void A_loop_whose_length_the_example_fixes_is_bounded_over_the_rest_of_the_domain()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("decay.fpcore", "(FPCore (x n) :pre (<= 1 x 2) :example ([n 50]) (while (< i n) ([i 0 (+ i 1)] [y x (* y 0.9)]) y))");
        var bound = Cores(path, "--box")[0].GetProperty("box").GetProperty("provenBound").GetDouble();
        Assert.InRange(bound, 1e-18, 1e-15);
    }

    [Theory]
    [InlineData("binary16", "(<= 1e-6 x 1e-3)", "(log10 (/ x 3))")]
    [InlineData("bfloat16", "(<= 1e-40 x 1e-38)", "(sqrt (/ x 3))")]
    public void A_bound_over_a_box_knows_that_small_results_are_rounded_coarsely(string precision, string domain, string body) => AssertBoundHolds("x", precision, domain, body);

    /// <summary>Near the ends, which are no numbers of the format, parts of the box hold none at all.</summary>
    [Theory]
    [InlineData("binary32", "(and (<= 0.99 x 1.01) (<= 0 y 1) (<= 1 z 100))", "(/ x (+ (/ (- (- y x) (ceil z)) 0x1.8p2) x))")]
    [InlineData("binary16", "(<= 0.99 x 1.01)", "(pow (cos (log1p (fmin (/ x x) (+ x x)))) (/ (fdim x (* (* x x x x) (log10 x))) x))")]
    public void A_box_may_have_ends_that_are_no_numbers_of_the_format(string precision, string domain, string body) =>
        AssertBoundHolds(body.Contains('z', StringComparison.Ordinal) ? "x y z" : "x", precision, domain, body);

    private static void AssertBoundHolds(string inputs, string precision, string domain, string body)
    {
        using var scratch = new Scratch();
        var core = Cores(scratch.Write("core.fpcore", $"(FPCore ({inputs}) :precision {precision} :pre {domain} {body})"), "--box", "--points", "200")[0];
        var bound = Number(core.GetProperty("box").GetProperty("provenBound"));
        Assert.All(core.GetProperty("points").EnumerateArray(), point => Assert.InRange(Math.Abs(Number(point.GetProperty("estimate"))), 0, bound));

        static double Number(JsonElement number) => number.ValueKind == JsonValueKind.String ? double.Parse(number.GetString()!, CultureInfo.InvariantCulture) : number.GetDouble();
    }

    [Fact]
    public void An_input_has_one_side_of_a_box() =>
        Tool.Run("stability", Tool.Seed, "--box", "a=[1,2],b=[0,1],a=[1,3]").AssertRefused("'--box': the input 'a' is given twice [HAD6008]");

    [Fact]
    public void Points_are_not_lost_where_there_is_no_box()
    {
        using var scratch = new Scratch();
        var path = scratch.Write("open.fpcore", "(FPCore open (x) :pre (>= x 1) (/ 1 x))");
        var json = Tool.Run("stability", path, "--points", "3", "--box", "--format", "json").AssertDone().Json;
        Assert.Equal(["name", "status", "points"], Members(json.GetProperty("cores")[0]));
        Assert.StartsWith("open: no bound over the box: ", json.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_box_alone_analyses_no_points() => Assert.Equal(["name", "status", "box"], Members(Cores(Disc, "--box", "x0=[0,1],x1=[0,2]")[0]));

    [Fact]
    public void Rounded_inputs_and_decimal_literals_add_to_the_bound()
    {
        static double Bound(params string[] options) => Cores([Tool.Pendulum, .. options])[0].GetProperty("points")[0].GetProperty("bound").GetDouble();
        var exact = Bound("--at", "generic");
        Assert.True(Bound("--at", "generic", "--inputs", "rounded") > exact);
        Assert.True(Bound("--at", "generic", "--literals", "decimal") > exact);
    }

    [Fact]
    public void As_many_operations_are_named_as_are_wanted()
    {
        Assert.Equal(1, Cores(SmallRoot, "--worst", "1")[0].GetProperty("points")[0].GetProperty("worst").GetArrayLength());
        Tool.Run("stability", SmallRoot, "--worst", "none").AssertRefused("'--worst none' is not a number from 1 (see 'hybridad stability --help') [HAD6001]");
    }

    [Fact]
    public void The_screen_shows_what_is_true_and_what_is_to_blame()
    {
        var output = Tool.Run("stability", SmallRoot).AssertDone().Output;
        Assert.Contains("\nat x0 (a = 1.1, b = 1E+08, c = 1.3)\nx = -(1.3546510176225142)E-08: 0 of 15 digits are true\n", output, StringComparison.Ordinal);
        Assert.Contains("\n   98.1 %  ##########  cancellation  sub   numerator = root - b\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_points_are_summed_up_and_the_worst_is_shown()
    {
        var output = Tool.Run("stability", Kernels, "--core", "versine", "--points", "200").AssertDone().Output;
        Assert.Contains("\nversine at 200 points: true digits: least 3.", output, StringComparison.Ordinal);
        Assert.Contains("the worst point, sample ", output, StringComparison.Ordinal);
        Assert.True(output.Split('\n').Length < 20, output);
    }

    [Fact]
    public void Models_come_from_standard_input_too()
    {
        Assert.Equal(0, Tool.RunWith(File.ReadAllText(Kernels), "stability", "-", "--points", "2").ExitCode);
        Assert.Equal(0, Tool.RunWith(File.ReadAllText(SmallRoot), "stability", "-").ExitCode);
        Tool.RunWith("1,2,3", "stability", "-", "--at", "-").AssertRefused("the model and the points cannot both come from standard input [HAD6001]");
    }

    [Theory]
    [InlineData("x[1]=[1,2],y=[-3e2,4]", 1, 2, -300, 4)]
    [InlineData(" y = [0,0] ", -1, 1, 0, 0)]
    [InlineData("", -1, 1, -1, 1)]
    public void Sides_of_a_box_replace_those_of_the_file(string text, double lowX, double highX, double lowY, double highY)
    {
        var domain = BoxText.Read(text.Trim().Replace(" ", "", StringComparison.Ordinal), new InputDomain([new Interval(-1, 1), new Interval(-1, 1)]), ["x[1]", "y"]);
        Assert.Equal([new Interval(lowX, highX), new Interval(lowY, highY)], domain.Bounds);
    }

    [Theory]
    [InlineData("x=[1,2", "'--box': 'x=[1,2' is not NAME=[LOW,HIGH] [HAD6008]")]
    [InlineData("x=[2,1]", "'--box': '[2,1]' is not [LOW,HIGH] with two numbers, the lower one first [HAD6008]")]
    [InlineData("x=[1,2]y=[1,2]", "'--box': expected ',' before 'y=[1,2]' [HAD6008]")]
    [InlineData("z=[1,2]", "'--box': there is no input 'z'; there are x, y [HAD6008]")]
    [InlineData("x=[1,2]", "'--box': the input 'y' has the bounds [-Infinity, 3], which are not finite; give them, as in --box \"y=[1,2]\" [HAD6008]")]
    public void A_malformed_box_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<HybridAdException>(() => BoxText.Read(text, new InputDomain([new Interval(-1, 1), new Interval(double.NegativeInfinity, 3)]), ["x", "y"])).Message);
}
