using HybridAD.Formats.Nl;
using HybridAD.Graph;

namespace HybridAD.FormatTests.Nl;

/// <summary>Segments, bounds, names, shared subexpressions.</summary>
public class NlModelTests
{
    public static TheoryData<NlEncoding> Encodings => [.. Enum.GetValues<NlEncoding>()];

    /// <summary>c0 = V3² + 2x₀ − x₂, c1 = x₁, f0 (max) = V3 + 1, with V3 = sin(x₀) + 3x₁.</summary>
    internal static NlFile Model(NlEncoding encoding) => new NlFile(encoding).Header(3, 2, 1, defined: 1, jacobian: 4, gradient: 2)
        .Named('S', "priority", 4, 1).Terms((1, 7))
        .Segment('V', 3, 1, 0).Terms((1, 3)).Expression("o41 v0")
        .Segment('C', 0).Expression("o5 v3 n2")
        .Segment('C', 1).Expression("n0")
        .Segment('O', 0, 1).Expression("o0 v3 n1")
        .Segment('d', 1).Terms((1, 0.5))
        .Segment('x', 2).Terms((0, 0.25), (2, -4))
        .Segment('r').Bound(0, -1, 1).Bound(5, 3, 2)
        .Segment('b').Bound(2, -1).Bound(1, 5).Bound(4, 7)
        .Segment('J', 0, 3).Terms((2, -1), (0, 2), (1, 0))
        .Segment('J', 1, 1).Terms((1, 1))
        .Segment('G', 0, 2).Terms((0, 0), (1, 0));

    [Theory]
    [MemberData(nameof(Encodings))]
    public void SegmentsMakeOneModelInEveryEncoding(NlEncoding encoding)
    {
        var model = Model(encoding).Read();
        Assert.Equal(encoding, model.Header.Encoding);
        Assert.Equal([0.25, 0, -4], model.Start);
        Assert.Equal([-1, double.NegativeInfinity, 7], model.VariableBounds.Lower.ToArray());
        Assert.Equal([double.PositiveInfinity, 5, 7], model.VariableBounds.Upper.ToArray());
        Assert.Equal([-1, double.NegativeInfinity], model.ConstraintBounds.Lower.ToArray());
        Assert.Equal([1, double.PositiveInfinity], model.ConstraintBounds.Upper.ToArray());
        Assert.Equal([new NlComplementarity(1, 1, true, true)], model.Complementarities);
        Assert.Equal([true], model.Maximize);
        Assert.Equal([0, 1, 2], model.DeclaredPattern.Row(0).ToArray());
        Assert.Equal([1], model.DeclaredPattern.Row(1).ToArray());
        Assert.Equal([0, 1], model.DeclaredPattern.Row(2).ToArray());
        Assert.Equal(["c0", "c1", "f0"], model.Trace.Names.Outputs);
        Assert.Empty(model.Warnings);
        Assert.Empty(model.FindUndeclared());
        var evaluator = new ReferenceEvaluator(model.Trace, [0.5, 2, 3]);
        var v = Math.Sin(0.5) + 6;
        Assert.Equal(v * v + 1 - 3, evaluator.Output(0), 12);
        Assert.Equal(2, evaluator.Output(1));
        Assert.Equal(v + 1, evaluator.Output(2), 14);
        Assert.Equal(2 * v * 3, evaluator.Gradient(0, out _)[1], 12);
    }

    [Fact]
    public void ADefinedVariableIsOneNodeHoweverManyRowsUseIt()
    {
        var trace = Model(NlEncoding.Text).Read().Trace;
        Assert.Equal(1, trace.Operations.Count(Op.Sin));
    }

    [Fact]
    public void ALinearRowWithOneUnitTermIsTheVariableItself() => Assert.Equal(1, Model(NlEncoding.Text).Read().Trace.Outputs[1]);

    [Fact]
    public void GenericPointFollowsTheBounds()
    {
        var x = Model(NlEncoding.Text).Read().GenericPoint();
        double[] f = [0.6180339887498949, 0.6180339887498949 * 2 - 1, 0.6180339887498949 * 3 - 1];
        Assert.Equal([0.25 + 0.25 + 0.5 * f[0], 0 - 0.25 - 0.5 * f[1], 7], x);
        Assert.Equal([0.25 + 0.01 * (x[0] - 0.25), 0.01 * x[1], -4 + 0.01 * 11], Model(NlEncoding.Text).Read().NearPoint());
    }

    [Fact]
    public void ARowThatCallsAnImportedFunctionIsNaNAndTheOthersAreComputed()
    {
        foreach (var encoding in Enum.GetValues<NlEncoding>())
        {
            var model = new NlFile(encoding).Header(2, 2, 1, functions: 1, defined: 1, jacobian: 2)
                .Named('F', "myfunc", 0, 1, -1)
                .Segment('V', 2, 0, 0).Expression("o16 f0/2 v0 h3:a#b")
                .Segment('C', 0).Expression("o0 v2 n1")
                .Segment('C', 1).Expression("o44 v1")
                .Segment('O', 0, 0).Expression("o65 v0 h1:a h1:b")
                .Segment('r').Bound(3).Bound(3).FreeVariables(2)
                .Segment('J', 0, 1).Terms((0, 1)).Segment('J', 1, 1).Terms((1, 0)).Read();
            Assert.Equal(
                [new NlUnavailableRow(0, "c0", "it calls the imported function 'myfunc'"), new NlUnavailableRow(2, "f0", "it contains a string")], model.UnavailableRows);
            var evaluator = new ReferenceEvaluator(model.Trace, [1, 2]);
            Assert.Equal(double.NaN, evaluator.Output(0));
            Assert.Equal(Math.Exp(2), evaluator.Output(1));
            Assert.True(model.Trace.IsConstant(model.Trace.Outputs[2]));
            Assert.Empty(model.DeclaredPattern.Row(0).ToArray());
        }
    }

    [Fact]
    public void LogicalConstraintsAreReadAndLeftOut()
    {
        var model = new NlFile(NlEncoding.Text).Header(2, 0, 1, logical: 1).Segment('L', 0).Expression("o74 2 v0 v1")
            .Segment('O', 0, 0).Expression("v0").FreeVariables(2).Read();
        Assert.Equal(1, model.Header.LogicalConstraintCount);
        Assert.Equal(1, model.Trace.OutputCount);
    }

    [Fact]
    public void CommentsBlanksCarriageReturnsAndBlankLinesAreAccepted()
    {
        var text = System.Text.Encoding.UTF8.GetString(new NlFile(NlEncoding.Text).Header(2, 1, 0, jacobian: 2)
            .Segment('C', 0).Expression("o2 v0 n1e-7").Segment('x', 1).Terms((1, .5)).Segment('r').Bound(3).FreeVariables(2)
            .Segment('J', 0, 2).Terms((0, 0), (1, -1)).ToArray());
        var header = string.Join('\n', text.Split('\n').Take(10)) + "\n";
        var body = text[header.Length..];
        var commented = header + "# a comment\n" + body.Replace("\n", "\t# 1 2 3\n", StringComparison.Ordinal);
        foreach (var variant in new[] { commented, text.Replace("\n", "\r\n", StringComparison.Ordinal), header + body.Replace("v0", "  v0  ", StringComparison.Ordinal), text + "\n\n" })
            Assert.Equal(NlReader.Read(System.Text.Encoding.UTF8.GetBytes(text)).Trace.Hash, NlReader.Read(System.Text.Encoding.UTF8.GetBytes(variant)).Trace.Hash);
    }

    [Fact]
    public void NamesComeFromTheSideFilesWhereTheyFit()
    {
        var data = new NlFile(NlEncoding.Text).Header(2, 1, 1, logical: 1).Segment('C', 0).Expression("v0").Segment('L', 0).Expression("v0")
            .Segment('O', 0, 0).Expression("v1").Segment('r').Bound(3).FreeVariables(2).Segment('k', 1).Expression("0").ToArray();
        var named = NlReader.Read(data, new NlReadOptions { RowNames = ["balance", "logic", "cost"], ColumnNames = ["a", "b"] });
        Assert.Equal(["balance", "cost"], named.Trace.Names.Outputs);
        Assert.Equal("b", named.Trace.Names.Input(1));
        var unfit = NlReader.Read(data, new NlReadOptions { RowNames = ["balance"], ColumnNames = ["a"] });
        Assert.Equal(["c0", "f0"], unfit.Trace.Names.Outputs);
        Assert.Equal(["1 row names are given for 2 rows and ignored", "1 variable names are given for 2 variables and ignored"], unfit.Warnings);
    }

    [Fact]
    public void WrongNonzeroCountsAreWarnings()
    {
        var model = new NlFile(NlEncoding.Text).Header(2, 1, 0, jacobian: 5).Segment('C', 0).Expression("n0").Segment('r').Bound(3).FreeVariables(2)
            .Segment('J', 0, 3).Terms((0, 1), (1, 1), (0, 2)).Read();
        Assert.Equal(["the header promises 5 Jacobian nonzeros, the J segments hold 3", "row c0 lists a variable twice; the coefficients are added"], model.Warnings);
        Assert.Equal([0, 1], model.DeclaredPattern.Row(0).ToArray());
        Assert.Equal(3 * 2 + 5, new ReferenceEvaluator(model.Trace, [2, 5]).Output(0));
    }

    [Fact]
    public void UndeclaredPositionsAreFound()
    {
        var model = new NlFile(NlEncoding.Text).Header(3, 0, 1).Segment('O', 0, 0).Expression("o0 o35 o22 v2 n0 v1 n1 v0").FreeVariables(3)
            .Segment('G', 0, 1).Terms((0, 0)).Read();
        Assert.Equal([(0, 1)], model.FindUndeclared());
    }
}
